import {
  BytesBody,
  readAll,
  type Transport,
  type UpstreamAddress,
  type UpstreamCall,
  type UpstreamFailureCode,
  type UpstreamListener,
  type UpstreamRequest,
  type UpstreamTls,
} from "../../core/index.ts";

/** What an upstream in memory got. */
export interface SentRequest {
  readonly address: UpstreamAddress;
  readonly request: UpstreamRequest;
  /** The whole body as text. */
  readonly body: string;
}

/** How an upstream in memory answers: a response, a failure, or never. */
export type MemoryAnswer =
  | { status?: number; headers?: string[]; body?: string }
  | { failure: UpstreamFailureCode; requestSent?: boolean }
  | "silence";

const maxBodyBytes = 16 * 1024 * 1024;

/** Upstreams in memory. They read a request to its end, then answer as `answer` says. */
export class MemoryTransport implements Transport {
  readonly canSetHost = true;
  hasHttp2 = true;
  /** Default: TLS on any terms. */
  tlsLimit: (tls: UpstreamTls) => string | undefined = () => undefined;
  readonly sent: SentRequest[] = [];
  cancelled = 0;
  /** Called for each try. Default: 200 with an empty body. */
  answer: (sent: SentRequest, tryNumber: number) => MemoryAnswer = () => ({});

  send(address: UpstreamAddress, request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    let isCancelled = false;
    const reply = (body: string): void => {
      if (isCancelled) return;
      const sent = { address, request, body };
      this.sent.push(sent);
      this.respond(this.answer(sent, this.sent.length - 1), request, listener);
    };
    if (request.body === undefined) reply("");
    else {
      readAll(request.body, maxBodyBytes).then(
        (bytes) => reply(new TextDecoder().decode(bytes)),
        (cause: unknown) => listener.failed({ code: "connection_closed", requestSent: true, cause }),
      );
    }
    return {
      cancel: () => {
        isCancelled = true;
        this.cancelled++;
      },
    };
  }

  private respond(answer: MemoryAnswer, request: UpstreamRequest, listener: UpstreamListener): void {
    if (answer === "silence") return;
    if ("failure" in answer) {
      listener.failed({ code: answer.failure, requestSent: answer.requestSent ?? true, cause: undefined });
      return;
    }
    const { status = 200, headers = [], body = "" } = answer;
    const bytes = new TextEncoder().encode(body);
    listener.responded({
      status,
      reason: "",
      httpVersion: "1.1",
      headers: [...headers, "Content-Length", String(bytes.byteLength)],
      body: request.method === "HEAD" || status === 204 || status === 304 ? undefined : new BytesBody(bytes),
      tunnel: undefined,
    });
  }

  close(): void {}
}
