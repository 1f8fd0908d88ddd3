import { HeaderList } from "../../core/index.ts";
import type {
  Downstream,
  IncomingRequest,
  RefusedRequest,
  RequestEvents,
  RequestHandler,
  Transport,
  UpstreamAddress,
  UpstreamCall,
  UpstreamListener,
  UpstreamResponse,
} from "../../core/index.ts";

const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-connection|te|transfer-encoding|upgrade|expect)$/i;

/** Copies what does not belong to one connection, by name or by Connection. */
function endToEnd(flat: readonly string[]): HeaderList {
  const list = new HeaderList();
  let listed = "";
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    const { length } = name;
    const suspect =
      length === 10 || length === 2 || length === 17 || length === 7 || length === 6 || length === 16;
    if (suspect && HOP_BY_HOP.test(name)) {
      if (length === 10 && name.toLowerCase() === "connection") listed += `,${flat[i + 1]!}`;
    } else list.flat.push(name, flat[i + 1]!);
  }
  if (listed !== "")
    for (const name of listed.split(",")) if (name !== "keep-alive" && name !== "") list.delete(name.trim());
  return list;
}

export interface Timeouts {
  readonly connectTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly readTimeoutMs: number;
}

class Straight implements RequestEvents, UpstreamListener {
  call: UpstreamCall | undefined;
  private readonly request: IncomingRequest;
  private readonly downstream: Downstream;
  private readonly noted: ((event: string) => void) | undefined;

  constructor(
    request: IncomingRequest,
    downstream: Downstream,
    noted: ((event: string) => void) | undefined,
  ) {
    this.request = request;
    this.downstream = downstream;
    this.noted = noted;
  }

  informed(status: number, headers: string[]): void {
    this.downstream.inform(status, headers);
  }

  responded(response: UpstreamResponse): void {
    const { status, reason, body, tunnel } = response;
    const length = body === undefined ? new HeaderList(response.headers).get("content-length") : undefined;
    const declaredLengthBytes = length === undefined ? undefined : Number(length);
    const upgrade = tunnel === undefined ? undefined : new HeaderList(response.headers).get("upgrade");
    const headers = endToEnd(response.headers);
    if (upgrade !== undefined) headers.append("Upgrade", upgrade);
    headers.append("Via", "1.1 sallyport");
    this.downstream.respond({ status, reason, headers: headers.flat, body, declaredLengthBytes, tunnel });
  }

  failed(failure: { code: string }): void {
    this.noted?.(`failed ${failure.code}`);
    const status = failure.code.endsWith("timeout") ? 504 : failure.code === "connect_refused" ? 502 : 502;
    const headers = ["Content-Type", "text/plain"];
    const { method } = this.request;
    const body = method === "HEAD" ? undefined : `${failure.code}\n`;
    this.downstream.respond({
      status,
      reason: "",
      headers,
      body,
      declaredLengthBytes: undefined,
      tunnel: undefined,
    });
  }

  aborted(): void {
    this.noted?.("aborted");
    this.call?.cancel();
  }

  finished(bytesSent: number): void {
    this.noted?.(`finished ${bytesSent}`);
  }
}

/** The shortest possible gateway: every request goes to one address. */
export function straightHandler(
  transport: Transport,
  address: UpstreamAddress,
  timeouts: Timeouts = { connectTimeoutMs: 5_000, writeTimeoutMs: 5_000, readTimeoutMs: 5_000 },
  noted?: (event: string) => void,
  httpVersion: "1.1" | "2" = "1.1",
): RequestHandler {
  const host = `${address.host}:${address.port}`;
  return {
    handle(request, downstream) {
      const straight = new Straight(request, downstream, noted);
      const upgrade = new HeaderList(request.headers).get("upgrade");
      const headers = endToEnd(request.headers);
      headers.set("Host", host);
      headers.append("Via", `${request.httpVersion} sallyport`);
      straight.call = transport.send(
        address,
        {
          method: request.method,
          target: request.target,
          httpVersion,
          headers: headers.flat,
          body: request.body,
          upgrade: upgrade?.toLowerCase() === "websocket" ? "websocket" : undefined,
          connectTimeoutMs: timeouts.connectTimeoutMs,
          writeTimeoutMs: timeouts.writeTimeoutMs,
          readTimeoutMs: timeouts.readTimeoutMs,
        },
        straight,
      );
      return straight;
    },
    refuse(status: number, _request: RefusedRequest, downstream: Downstream): RequestEvents {
      noted?.(`refused ${status}`);
      const headers = ["Content-Type", "text/plain"];
      const shown = status === 431 ? 400 : status;
      downstream.respond({
        status: shown,
        reason: "",
        headers,
        body: "refused\n",
        declaredLengthBytes: undefined,
        tunnel: undefined,
      });
      return { aborted() {}, finished() {} };
    },
  };
}
