import type { DnsExchange, DnsTransport } from "../../core/index.ts";

/** The longest DNS message. */
const maxBytes = 65_535;

/**
 * DNS over HTTPS. Servers are URLs.
 *
 * @see RFC 8484 §4.1
 */
export class HttpsDnsTransport implements DnsTransport {
  private readonly fetch: (url: string, init: RequestInit) => Promise<Response>;

  /** @param fetch The platform's. */
  constructor(fetch: (url: string, init: RequestInit) => Promise<Response>) {
    this.fetch = fetch;
  }

  async exchange(
    server: string,
    query: Uint8Array,
    { timeoutMs, accepts }: DnsExchange,
  ): Promise<Uint8Array> {
    const { fetch } = this;
    const response = await fetch(server, {
      method: "POST",
      headers: { accept: "application/dns-message", "content-type": "application/dns-message" },
      body: query as Uint8Array<ArrayBuffer>,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`name server ${server} answered with status ${response.status}`);
    }
    const message = new Uint8Array(await response.arrayBuffer());
    if (message.byteLength > maxBytes || !accepts(message))
      throw new Error(`name server ${server} sent a wrong answer`);
    return message;
  }
}
