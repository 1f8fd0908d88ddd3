import { type Fetcher, type FetcherAnswer, type FetcherRequest, HeaderList } from "../../core/index.ts";
import { type FieldValues, flatHeaders, platformValue } from "./fields.ts";

const answerTo = async (request: FetcherRequest, values: FieldValues): Promise<Response> => {
  const { method, url, headers, body, timeoutMs, proxyUrl } = request;
  if (proxyUrl !== undefined) throw new Error("fetch goes through no proxy");
  return fetch(url, {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, platformValue(value, values)]),
    // GET and HEAD have none, not even an empty one.
    ...(body.length > 0 && { body: typeof body === "string" ? body : new Uint8Array(body) }),
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  });
};

/** Asks with the platform's fetch. */
export class WebFetcher implements Fetcher {
  private readonly values: FieldValues;

  constructor(values: FieldValues = "bytes") {
    this.values = values;
  }

  async send(request: FetcherRequest): Promise<{ status: number }> {
    const response = await answerTo(request, this.values);
    await response.body?.cancel();
    return { status: response.status };
  }

  async ask(request: FetcherRequest, maxBytes: number): Promise<FetcherAnswer> {
    const { status, headers, body } = await answerTo(request, this.values);
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += piece.byteLength;
      if (bytes > maxBytes) throw new Error(`the answer of ${request.url} is larger than ${maxBytes} bytes`);
      pieces.push(piece);
    }
    const whole = new Uint8Array(bytes);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    return { status, headers: [...new HeaderList(flatHeaders(headers, this.values))], body: whole };
  }
}
