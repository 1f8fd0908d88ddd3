import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Fetcher, FetcherAnswer, FetcherRequest } from "../../core/index.ts";

/** One way through a proxy: connections that are idle for a minute are closed. */
const agentsOf = (proxyUrl: string): { http: HttpAgent; https: HttpsAgent } => {
  // Older agents don't know the option, and would go past the proxy.
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 24 || (major === 24 && minor < 5)) throw new Error("proxies need Node 24.5 or newer");
  const options = {
    keepAlive: true,
    timeout: 60_000,
    proxyEnv: { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl },
  };
  return { http: new HttpAgent(options), https: new HttpsAgent(options) };
};

const fieldsOf = (rawHeaders: readonly string[]): [string, string][] => {
  const fields: [string, string][] = [];
  for (let i = 0; i < rawHeaders.length; i += 2)
    fields.push([rawHeaders[i]!.toLowerCase(), rawHeaders[i + 1]!]);
  return fields;
};

/** Values by name: a flat list of fields would go out without Host. */
const grouped = (fields: FetcherRequest["headers"]): Record<string, string[]> => {
  const found: Record<string, string[]> = {};
  for (const [name, value] of fields) (found[name] ??= []).push(value);
  return found;
};

/**
 * Sends what names a proxy through it, with Node's own agents: `http` URLs in absolute form, `https` through a tunnel that
 * CONNECT opens. The rest goes another way.
 */
export class ProxyFetcher implements Fetcher {
  private readonly direct: Fetcher;
  private readonly agents = new Map<string, ReturnType<typeof agentsOf>>();

  /** @param direct Asks without a proxy. */
  constructor(direct: Fetcher) {
    this.direct = direct;
  }

  async send(request: FetcherRequest): Promise<{ readonly status: number }> {
    if (request.proxyUrl === undefined) return this.direct.send(request);
    const response = await this.open(request, request.proxyUrl);
    response.destroy();
    return { status: response.statusCode! };
  }

  async ask(request: FetcherRequest, maxBytes: number): Promise<FetcherAnswer> {
    if (request.proxyUrl === undefined) return this.direct.ask(request, maxBytes);
    const response = await this.open(request, request.proxyUrl);
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.byteLength;
      if (bytes > maxBytes) throw new Error(`the answer of ${request.url} is larger than ${maxBytes} bytes`);
      pieces.push(piece);
    }
    return {
      status: response.statusCode!,
      headers: fieldsOf(response.rawHeaders),
      body: Buffer.concat(pieces),
    };
  }

  private open(
    { url, method, headers, body, timeoutMs }: FetcherRequest,
    proxyUrl: string,
  ): Promise<IncomingMessage> {
    let agents = this.agents.get(proxyUrl);
    if (agents === undefined) this.agents.set(proxyUrl, (agents = agentsOf(proxyUrl)));
    const isSecure = url.startsWith("https:");
    const options = {
      method,
      agent: isSecure ? agents.https : agents.http,
      headers: grouped(headers),
      signal: AbortSignal.timeout(timeoutMs),
    };
    return new Promise((resolve, reject) => {
      const request = isSecure ? httpsRequest(url, options) : httpRequest(url, options);
      request.on("response", resolve).on("error", reject);
      request.end(body);
    });
  }
}
