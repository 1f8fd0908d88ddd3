import type { HeaderList } from "../../http/headers.ts";
import type { Exchange } from "../exchange.ts";

const key = Symbol("kong.response");

/** What a plugin wants of a response that is not there yet. */
interface Pending {
  status: number | undefined;
  readonly headers: ((headers: HeaderList) => void)[];
}

const pendingOf = ({ shared }: Exchange): Pending => {
  let found = shared.get(key) as Pending | undefined;
  if (found === undefined) {
    found = { status: undefined, headers: [] };
    shared.set(key, found);
  }
  return found;
};

/** Changes the response's headers: now, and again when the upstream's come. */
export const onResponseHeaders = (exchange: Exchange, change: (headers: HeaderList) => void): void => {
  if (exchange.response.sent !== undefined) throw new Error("headers have already been sent");
  if (exchange.response.status === 0) pendingOf(exchange).headers.push(change);
  else change(exchange.response.headers);
};

export const setStatus = (exchange: Exchange, status: number): void => {
  if (!Number.isInteger(status) || status < 100 || status > 599)
    throw new TypeError(`status ${status} is not within 100..599`);
  if (exchange.response.sent !== undefined) throw new Error("headers have already been sent");
  if (exchange.response.status === 0) pendingOf(exchange).status = status;
  else exchange.response.status = status;
};

/** Does to the response what was asked for before it came. */
export const settleResponse = (exchange: Exchange): void => {
  const pending = exchange.shared.get(key) as Pending | undefined;
  if (pending === undefined) return;
  exchange.shared.delete(key);
  if (pending.status !== undefined && !exchange.hasExited) exchange.response.status = pending.status;
  for (const change of pending.headers) change(exchange.response.headers);
};
