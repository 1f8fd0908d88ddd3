import {
  BytesBody,
  type ConnectionFacts,
  HeaderList,
  type OutgoingResponse,
  readAll,
  type RequestHandler,
} from "../../core/index.ts";

export interface MemoryRequest {
  readonly method?: string;
  /** Default `/`. */
  readonly target?: string;
  readonly httpVersion?: "1.0" | "1.1" | "2";
  /** Fields as pairs; Host is added when it is missing. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly connection?: Partial<ConnectionFacts>;
}

export interface MemoryResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
  readonly declaredLengthBytes: number | undefined;
}

const maxBodyBytes = 16 * 1024 * 1024;

const bodyText = async (body: OutgoingResponse["body"]): Promise<string> => {
  if (body === undefined) return "";
  if (typeof body === "string") return body;
  const bytes = body instanceof Uint8Array ? body : await readAll(body, maxBodyBytes);
  return new TextDecoder().decode(bytes);
};

/** A client that speaks to a gateway without a network. */
export class MemoryClient {
  private readonly handler: RequestHandler;

  constructor(handler: RequestHandler) {
    this.handler = handler;
  }

  /** @throws Error when the gateway resets the connection. */
  send(request: MemoryRequest = {}): Promise<MemoryResponse> {
    return this.start(request).response;
  }

  /** Sends and keeps the way to leave before the answer. */
  start(request: MemoryRequest): { response: Promise<MemoryResponse>; leave: () => void } {
    const { method = "GET", target = "/", httpVersion = "1.1", headers = [], body } = request;
    const list = HeaderList.from(headers);
    list.setIfAbsent("Host", "gateway.test");
    const bytes = body === undefined ? undefined : new TextEncoder().encode(body);
    let leave = (): void => undefined;
    const response = new Promise<MemoryResponse>((resolve, reject) => {
      const events = this.handler.handle(
        {
          method,
          target,
          httpVersion,
          headers: list.flat,
          body: bytes && new BytesBody(bytes),
          sizeBytes: bytes?.byteLength ?? 0,
          connection: {
            peerAddress: "192.0.2.1",
            peerPort: 40_000,
            localAddress: "192.0.2.254",
            localPort: 8000,
            tls: undefined,
            ...request.connection,
          },
        },
        {
          respond: (answer) => {
            bodyText(answer.body).then((text) => {
              resolve({
                status: answer.status,
                headers: new HeaderList(answer.headers),
                body: text,
                declaredLengthBytes: answer.declaredLengthBytes,
              });
              events.finished(text.length);
            }, reject);
          },
          inform: () => undefined,
          reset: () => reject(new Error("the gateway reset the connection")),
        },
        undefined,
      );
      leave = () => {
        events.aborted();
        events.finished(0);
      };
    });
    return { response, leave: () => leave() };
  }
}
