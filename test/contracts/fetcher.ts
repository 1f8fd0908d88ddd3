import { describe, expect, test } from "vitest";
import type { Fetcher } from "../../core/index.ts";

/**
 * @param make A fetcher and the address of a server that answers `/tea` with 207, two cookies and "<method> <X-A> <body>",
 *   `/away` with a redirect, and never answers `/silence`.
 */
export const describeFetcher = (
  name: string,
  make: () => Promise<{ readonly fetcher: Fetcher; readonly url: string; readonly proxyUrl?: string }>,
): void => {
  describe(`the fetcher of ${name}`, () => {
    const asking = async (path: string, maxBytes: number, timeoutMs = 5_000) => {
      const { fetcher, url, proxyUrl } = await make();
      const headers = [["X-A", "1"]] as const;
      const request = { method: "POST", url: `${url}${path}`, headers, body: "leaves", timeoutMs, proxyUrl };
      return { sent: () => fetcher.send(request), asked: () => fetcher.ask(request, maxBytes) };
    };

    test("sends the request and gets the whole answer", async () => {
      const { sent, asked } = await asking("/tea", 13);
      const { status, headers, body } = await asked();
      expect([status, new TextDecoder().decode(body)]).toEqual([207, "POST 1 leaves"]);
      expect(headers.filter(([field]) => field === "set-cookie")).toEqual([
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ]);
      expect(await sent()).toEqual({ status: 207 });
    });

    test("refuses an answer that is too large", async () => {
      await expect((await asking("/tea", 12)).asked()).rejects.toThrow("larger than 12 bytes");
    });

    test("follows no redirect", async () => {
      expect((await (await asking("/away", 1_000)).asked()).status).toBe(302);
    });

    test("waits no longer than it is told", async () => {
      await expect((await asking("/silence", 1_000, 20)).asked()).rejects.toThrow();
    });
  });
};
