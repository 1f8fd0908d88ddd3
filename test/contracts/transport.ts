import { afterAll, describe, expect, inject, test } from "vitest";
import {
  BytesBody,
  HeaderList,
  readAll,
  type Transport,
  type UpstreamFailure,
  type UpstreamRequest,
  type UpstreamResponse,
} from "../../core/index.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

interface Outcome {
  readonly response?: UpstreamResponse;
  readonly failure?: UpstreamFailure;
}

/** The promises of {@link Transport}, against a real upstream that the test run starts. */
export const describeTransport = (name: string, make: () => Transport): void => {
  describe(`the transport of ${name}`, () => {
    const transport = make();
    afterAll(() => transport.close());
    const port = inject("upstreamPort");
    const deadPort = inject("deadPort");

    const send = (target: string, rest: Partial<UpstreamRequest> = {}, to = port): Promise<Outcome> =>
      new Promise((resolve) => {
        const request: UpstreamRequest = {
          method: "GET",
          target,
          httpVersion: "1.1",
          headers: ["Host", "up.test", "X-Case", `${name} ${target}`],
          body: undefined,
          upgrade: undefined,
          connectTimeoutMs: 2_000,
          writeTimeoutMs: 2_000,
          readTimeoutMs: 2_000,
          ...rest,
        };
        transport.send({ host: "127.0.0.1", port: to, tls: undefined }, request, {
          informed: () => undefined,
          responded: (response) => resolve({ response }),
          failed: (failure) => resolve({ failure }),
        });
      });
    const text = async ({ response }: Outcome): Promise<string> =>
      response?.body === undefined ? "" : decoder.decode(await readAll(response.body, 1_000_000));

    test("brings status, fields and body", async () => {
      const outcome = await send("/status/404");
      const headers = new HeaderList(outcome.response!.headers);
      expect([outcome.response!.status, headers.get("x-up"), await text(outcome)]).toEqual([404, "1", "up"]);
    });

    test("keeps the lines of Set-Cookie apart", async () => {
      const { response } = await send("/cookies");
      expect(new HeaderList(response!.headers).getAll("set-cookie")).toEqual(["a=1", "b=2; Path=/"]);
    });

    test("passes bytes beyond ASCII in fields as they are", async () => {
      const outcome = await send("/letters", { headers: ["Host", "up.test", "X-Name", "\xc3\xbc"] });
      expect([new HeaderList(outcome.response!.headers).get("x-name"), await text(outcome)]).toEqual([
        "\xc3\xbc",
        "c3bc",
      ]);
    });

    test("sends a body of known length", async () => {
      const outcome = await send("/mirror", { method: "POST", body: new BytesBody(encoder.encode("hello")) });
      expect(JSON.parse(await text(outcome))).toMatchObject({ method: "POST", body: "hello", length: "5" });
    });

    test("sends a body of unknown length", async () => {
      const outcome = await send("/mirror", {
        method: "PUT",
        body: BytesBody.chunked(encoder.encode("hello")),
      });
      expect(JSON.parse(await text(outcome))).toMatchObject({ method: "PUT", body: "hello" });
    });

    test("brings a chunked body whole", async () => {
      expect(await text(await send("/chunked"))).toBe("one two three");
    });

    test("brings a compressed body as it is", async () => {
      const { response } = await send("/gzip", { headers: ["Host", "up.test", "Accept-Encoding", "gzip"] });
      const bytes = await readAll(response!.body!, 1000);
      expect([...bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    });

    test("follows no redirect", async () => {
      expect((await send("/moved")).response?.status).toBe(302);
    });

    test.each([
      ["/empty", "GET", 204],
      ["/not-modified", "GET", 304],
      ["/large/100", "HEAD", 200],
    ])("brings no body for %s by %s", async (target, method, status) => {
      const outcome = await send(target, { method });
      expect([outcome.response?.status, await text(outcome)]).toEqual([status, ""]);
    });

    test("tells when nobody listens", async () => {
      const { failure } = await send("/", {}, deadPort);
      expect(["connect_refused", "connection_closed"]).toContain(failure?.code);
    });

    test("tells when the connection breaks before the head", async () => {
      expect(
        (await send("/reset", { method: "POST", body: new BytesBody(encoder.encode("x")) })).failure,
      ).toMatchObject({
        code: "connection_closed",
        requestSent: true,
      });
    });

    test("tells when the head does not come in time", async () => {
      const { failure } = await send("/silent", { readTimeoutMs: 100, connectTimeoutMs: 100 });
      expect(failure?.code).toBe("read_timeout");
    });

    test("tells nothing after a cancel", async () => {
      let told = 0;
      const call = transport.send(
        { host: "127.0.0.1", port, tls: undefined },
        {
          method: "GET",
          target: "/silent",
          httpVersion: "1.1",
          headers: ["Host", "up.test"],
          body: undefined,
          upgrade: undefined,
          connectTimeoutMs: 50,
          writeTimeoutMs: 50,
          readTimeoutMs: 50,
        },
        { informed: () => told++, responded: () => told++, failed: () => told++ },
      );
      call.cancel();
      call.cancel();
      await send("/status/200");
      expect(told).toBe(0);
    });
  });
};
