import type { Fetcher, FetcherRequest } from "../../core/index.ts";

/** Asks with the platform's fetch. */
export class WebFetcher implements Fetcher {
  async send({ method, url, headers, body, timeoutMs }: FetcherRequest): Promise<{ status: number }> {
    const response = await fetch(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      body: typeof body === "string" ? body : new Uint8Array(body),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return { status: response.status };
  }
}
