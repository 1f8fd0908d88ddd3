import {
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
  connect,
  createServer,
} from "node:http2";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { CertificateStore, type KeyPair } from "../../adapters/node/http/certificates.ts";
import { listen } from "../../adapters/node/http/listener.ts";
import { NodeTransport } from "../../adapters/node/http/transport.ts";
import type { RequestHandler } from "../../core/index.ts";
import { certificateFor } from "./certificate.ts";
import { type RawClient, Rig, always, ok, portOf } from "./rig.ts";
import { straightHandler } from "./straight.ts";

let pair: KeyPair;
beforeAll(async () => {
  pair = await certificateFor("a.test");
});

let rig: Rig | undefined;
const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await rig?.stop();
  rig = undefined;
});

interface Answer {
  readonly head: IncomingHttpHeaders;
  readonly body: string;
  readonly trailers: IncomingHttpHeaders | undefined;
  readonly interim: number[];
}

function ask(
  session: ClientHttp2Session,
  head: OutgoingHttpHeaders,
  body?: string | Buffer,
  trailers?: OutgoingHttpHeaders,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const stream = session.request(head, {
    endStream: body === undefined,
    waitForTrailers: trailers !== undefined,
  });
  let answered: IncomingHttpHeaders = {};
  let ended: IncomingHttpHeaders | undefined;
  let text = "";
  const interim: number[] = [];
  stream.on("headers", (fields) => interim.push(Number(fields[":status"])));
  stream.on("response", (fields) => (answered = fields));
  stream.on("trailers", (fields) => (ended = fields));
  stream.on("wantTrailers", () => stream.sendTrailers(trailers!));
  stream.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
  stream.on("end", () => resolve({ head: answered, body: text, trailers: ended, interim }));
  stream.on("error", reject);
  if (body !== undefined) stream.end(body);
  return promise;
}

function open(port: number, scheme = "https"): ClientHttp2Session {
  const session = connect(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false });
  closers.push(() => session.destroy());
  session.on("error", () => {});
  return session;
}

const secure = async (
  script: (client: RawClient, connection: number) => void,
  more = {},
): Promise<ClientHttp2Session> => {
  const certificates = new CertificateStore({ names: [], pairs: [pair] });
  rig = await Rig.start(script, { where: { ssl: true, http2: true }, certificates, ...more });
  return open(rig.port);
};

describe("an HTTP/2 client", () => {
  it("is answered by an HTTP/1.1 upstream", async () => {
    const session = await secure(always(ok("hello")));
    const sent: string[] = [];
    rig!.upstream.on("connection", (socket) => socket.on("data", (bytes) => sent.push(bytes.toString())));
    const answer = await ask(session, {
      ":path": "/x?y",
      ":authority": "h.test",
      cookie: ["a=1", "b=2"],
      "x-a": "1",
    });
    expect([answer.head[":status"], answer.head["content-length"], answer.body]).toEqual([200, "5", "hello"]);
    expect(answer.head.connection).toBeUndefined();
    expect(sent.join("")).toMatch(/^GET \/x\?y HTTP\/1.1\r\n[^]*x-a: 1\r\n/);
    expect(sent.join("")).toMatch(/Via: 2 /);
  });

  it("sends a body with trailers, which an HTTP/1.1 upstream gets in chunks", async () => {
    const session = await secure(
      (client) => void client.until(/0\r\n[^]*\r\n\r\n$/).then(() => client.send(ok())),
    );
    await ask(session, { ":method": "POST", ":path": "/" }, "abc", { "x-t": "1" });
    expect(rig!.connections[0]!.received).toMatch(
      /Transfer-Encoding: chunked\r\n[^]*\r\n\r\n3\r\nabc\r\n0\r\nx-t: 1\r\n\r\n$/,
    );
  });

  it("gets chunks without framing, trailers and interim responses", async () => {
    const session = await secure(
      always(
        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n",
      ),
    );
    const answer = await ask(session, { ":path": "/" });
    expect([answer.interim, answer.body, answer.trailers?.["x-t"]]).toEqual([[103], "abc", "1"]);
  });

  it("moves large bodies both ways at once", async () => {
    const session = await secure((client) => {
      client.socket.once("data", () => {
        client.socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n`);
        client.socket.write(Buffer.alloc(3_000_000, "d"));
      });
    });
    const answer = await ask(session, { ":method": "POST", ":path": "/" }, Buffer.alloc(2_000_000, "u"));
    expect(answer.body).toHaveLength(3_000_000);
  });

  it("holds many streams at a time", async () => {
    const session = await secure(always(ok()));
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, i) => ask(session, { ":path": `/${i}` })),
    );
    expect(answers.every(({ body }) => body === "ok")).toBe(true);
  });

  it.each([
    [400, "two ways to name the host", { ":path": "/", ":authority": "a", host: "b" }],
    [400, "a path with a fragment", { ":path": "/a#b" }],
    [405, "TRACE", { ":path": "/", ":method": "TRACE" }],
    [414, "a long path", { ":path": `/${"a".repeat(9_000)}` }],
  ])("is refused with %i: %s", async (status, _title, head) => {
    const session = await secure(() => {});
    expect((await ask(session, head)).head[":status"]).toBe(status);
  });

  it("is refused with 413 for a body beyond the limit", async () => {
    const session = await secure(() => {}, { limits: { maxBodyBytes: 10 } });
    expect(
      (await ask(session, { ":path": "/", ":method": "POST", "content-length": 11 }, "01234567890")).head[
        ":status"
      ],
    ).toBe(413);
  });

  it("that stops within its body is refused with 408", async () => {
    const session = await secure(() => {}, { limits: { bodyTimeoutMs: 60 } });
    const stream = session.request({ ":path": "/", ":method": "POST" });
    stream.on("error", () => {});
    stream.write("abc");
    expect(await new Promise((resolve) => stream.once("response", (head) => resolve(head[":status"])))).toBe(
      408,
    );
    stream.close();
    await Rig.eventually(() => rig!.transport.openConnections === 0);
  });

  it("that resets its stream is an abort, told once", async () => {
    const session = await secure(() => {});
    const stream = session.request({ ":path": "/" });
    stream.on("error", () => {});
    await Rig.eventually(() => rig!.connections.length === 1);
    stream.close(8);
    await Rig.eventually(() => rig!.events.length === 2);
    expect(rig!.events).toEqual(["aborted", "finished 0"]);
    await Rig.eventually(() => rig!.transport.openConnections === 0);
  });

  it("sees the stream reset when the upstream breaks off", async () => {
    const session = await secure(
      (client) =>
        void client.socket.once("data", () =>
          client.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").socket.end(),
        ),
    );
    await expect(ask(session, { ":path": "/" })).rejects.toThrow(/INTERNAL_ERROR/);
  });

  it("may begin without TLS, beside HTTP/1.1 on the same port", async () => {
    rig = await Rig.start(always(ok()), { where: { http2: true } });
    expect((await ask(open(rig.port, "http"), { ":path": "/" })).body).toBe("ok");
    expect(await rig.client().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").until(/ok$/)).toContain("200 OK");
  });

  it("finishes its streams when the listener closes", async () => {
    const session = await secure(
      (client) => void client.until(/\r\n\r\n/).then(() => setTimeout(() => client.send(ok()), 60)),
    );
    const answer = ask(session, { ":path": "/" });
    await Rig.eventually(() => rig!.connections.length === 1);
    const closing = rig!.listener.close({ graceMs: 1_000 });
    expect((await answer).body).toBe("ok");
    await closing;
  });
});

describe("an HTTP/2 upstream", () => {
  /** A gRPC-like upstream, and a gateway in front of it that speaks HTTP/2 both ways. */
  const grpc = async (
    serve: (stream: ServerHttp2Stream, head: IncomingHttpHeaders) => void,
  ): Promise<{ session: ClientHttp2Session; sessions: () => number; transport: NodeTransport }> => {
    let sessions = 0;
    const upstream = createServer();
    upstream.on("session", () => sessions++);
    upstream.on("stream", serve);
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const port = portOf(upstream);
    const transport = new NodeTransport();
    const straight = straightHandler(
      transport,
      { host: "127.0.0.1", port, tls: undefined },
      undefined,
      undefined,
      "2",
    );
    const handler: RequestHandler = straight;
    const listener = await listen({ host: "127.0.0.1", port: 0, http2: true }, handler);
    const session = open(listener.address.port, "http");
    closers.push(
      () => transport.close(),
      () => listener.close({ graceMs: 100 }),
      () => new Promise((resolve) => upstream.close(() => resolve())),
    );
    return { session, sessions: () => sessions, transport };
  };

  it("keeps trailers in both directions, over one connection", async () => {
    let got: IncomingHttpHeaders | undefined;
    const { session, sessions } = await grpc((stream) => {
      stream.on("trailers", (fields) => (got = fields));
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.pipe(stream);
    });
    for (let i = 0; i < 3; i++) {
      const answer = await ask(session, { ":method": "POST", ":path": "/s/m", te: "trailers" }, "message", {
        "x-sum": "7",
      });
      expect([answer.body, answer.trailers?.["grpc-status"], got?.["x-sum"]]).toEqual(["message", "0", "7"]);
    }
    expect(sessions()).toBe(1);
  });

  it("that answers with trailers alone is told so", async () => {
    const { session } = await grpc((stream) =>
      stream.respond({ ":status": 200, "grpc-status": "12" }, { endStream: true }),
    );
    expect((await ask(session, { ":method": "POST", ":path": "/" }, "x")).head["grpc-status"]).toBe("12");
  });

  it("that resets a stream before its answer is a connection_closed", async () => {
    const { session } = await grpc((stream) => {
      stream.on("error", () => {});
      stream.close(2);
    });
    expect((await ask(session, { ":path": "/" })).body).toBe("connection_closed\n");
  });

  it("that goes away is connected to anew", async () => {
    const { session, sessions } = await grpc((stream) => {
      stream.respond({ ":status": 200 });
      stream.end("bye");
      stream.session?.close();
    });
    for (let i = 0; i < 2; i++) {
      expect((await ask(session, { ":path": "/" })).body).toBe("bye");
      await Rig.eventually(() => sessions() === i + 1);
    }
  });

  it("that is not there is connect_refused", async () => {
    const transport = new NodeTransport();
    const request = {
      method: "GET",
      target: "/",
      httpVersion: "2" as const,
      headers: [],
      body: undefined,
      upgrade: undefined,
    };
    const limits = { connectTimeoutMs: 1_000, readTimeoutMs: 1_000, writeTimeoutMs: 1_000 };
    const code = await new Promise((resolve) => {
      transport.send(
        { host: "127.0.0.1", port: 1, tls: undefined },
        { ...request, ...limits },
        { informed() {}, responded: resolve, failed: (failure) => resolve(failure.code) },
      );
    });
    expect(code).toBe("connect_refused");
  });
});
