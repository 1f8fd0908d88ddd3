import { GatewayError } from "../errors.ts";
import { toByteString } from "../http/utf8.ts";
import type { Directory, Row } from "../ports/directory.ts";
import { whenReady } from "../ready.ts";
import type { Exchange } from "./exchange.ts";
import type { ConsumerRow } from "../entities/rows.ts";

const consumerFields = ["X-Consumer-ID", "X-Consumer-Custom-ID", "X-Consumer-Username"] as const;

const tellConsumer = ({ request: { headers } }: Exchange, consumer: ConsumerRow | undefined): void => {
  const values = [consumer?.id, consumer?.custom_id, consumer?.username];
  for (const [i, name] of consumerFields.entries()) {
    const value = values[i];
    // Whatever a client sent under these names must not reach the upstream.
    if (value) headers.set(name, toByteString(value));
    else headers.delete(name);
  }
};

/**
 * The client is known. The upstream is told by X-Consumer-* and X-Credential-Identifier.
 *
 * @param identifier What names the credential to the upstream.
 */
export const signIn = (
  exchange: Exchange,
  consumer: ConsumerRow | undefined,
  credential: Row,
  identifier: string | undefined,
): void => {
  exchange.consumer = consumer;
  exchange.credential = credential;
  const { headers } = exchange.request;
  tellConsumer(exchange, consumer);
  if (identifier === undefined) headers.delete("X-Credential-Identifier");
  else headers.set("X-Credential-Identifier", toByteString(identifier));
  headers.delete("X-Anonymous-Consumer");
};

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/**
 * The client stays unknown: a consumer that was configured for that takes its place.
 *
 * @param name Id or username of the consumer.
 * @throws GatewayError `unexpected` when there is none.
 */
export const signInAnonymous = (
  exchange: Exchange,
  directory: Directory,
  name: string,
): void | Promise<void> => {
  const accept = (row: Row | undefined): void => {
    if (row === undefined) {
      throw new GatewayError("unexpected", {
        detail: `anonymous consumer ${name} is configured but doesn't exist`,
      });
    }
    const consumer = row as Row & ConsumerRow;
    exchange.consumer = consumer;
    exchange.credential = undefined;
    tellConsumer(exchange, consumer);
    exchange.request.headers.delete("X-Credential-Identifier");
    exchange.request.headers.set("X-Anonymous-Consumer", "true");
  };
  const byId = isUuid(name) ? directory.find("consumers", "id", name) : undefined;
  return whenReady(byId, (row) =>
    row === undefined ? whenReady(directory.find("consumers", "username", name), accept) : accept(row),
  );
};
