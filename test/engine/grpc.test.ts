import {
  Client,
  type ClientDuplexStream,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  credentials,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Listener, listen } from "../../adapters/node/http/listener.ts";
import { NodeTransport } from "../../adapters/node/http/transport.ts";
import { Rig } from "./rig.ts";
import { straightHandler } from "./straight.ts";

const same = (bytes: Buffer): Buffer => bytes;
const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
  path: `/test.Service/${path}`,
  requestStream,
  responseStream,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
});
const service = {
  unary: method("unary", false, false),
  collect: method("collect", true, false),
  spread: method("spread", false, true),
  talk: method("talk", true, true),
};

let server: Server;
let listener: Listener;
let transport: NodeTransport;
let client: Client;
const cancelled: string[] = [];

beforeAll(async () => {
  server = new Server();
  server.addService(service, {
    unary(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) {
      const fails = call.metadata.get("x-fail").length > 0;
      const trailer = new Metadata();
      for (const value of call.metadata.get("x-echo")) trailer.add("x-echo", value);
      for (const value of call.metadata.get("x-echo-bin")) trailer.add("x-echo-bin", value);
      call.sendMetadata(trailer);
      call.on("cancelled", () => cancelled.push("unary"));
      if (call.metadata.get("x-sleep").length > 0) return;
      if (fails) answer({ code: status.UNKNOWN, details: String(call.request), metadata: trailer });
      else answer(null, call.request, trailer);
    },
    collect(call: ServerReadableStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>) {
      let bytes = 0;
      call.on("data", (message: Buffer) => (bytes += message.length));
      call.on("cancelled", () => cancelled.push("collect"));
      call.on("end", () => answer(null, Buffer.from(String(bytes))));
    },
    spread(call: ServerWritableStream<Buffer, Buffer>) {
      for (const size of String(call.request).split(",")) call.write(Buffer.alloc(Number(size), "s"));
      call.end();
    },
    talk(call: ServerDuplexStream<Buffer, Buffer>) {
      call.on("data", (message: Buffer) => call.write(message));
      call.on("cancelled", () => cancelled.push("talk"));
      call.on("end", () => call.end());
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  transport = new NodeTransport();
  listener = await listen(
    { host: "127.0.0.1", port: 0, http2: true },
    straightHandler(transport, { host: "127.0.0.1", port, tls: undefined }, undefined, undefined, "2"),
  );
  client = new Client(`127.0.0.1:${listener.address.port}`, credentials.createInsecure());
});

afterAll(async () => {
  client.close();
  transport.close();
  await listener.close({ graceMs: 200 });
  server.forceShutdown();
});

interface Outcome {
  readonly message: Buffer | undefined;
  readonly error: ServiceError | null;
  readonly trailer: Metadata | undefined;
}

function unary(message: string | Buffer, metadata = new Metadata(), options = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    let error: ServiceError | null = null;
    let answer: Buffer | undefined;
    const call = client.makeUnaryRequest(
      service.unary.path,
      same,
      same,
      Buffer.from(message),
      metadata,
      options,
      (failure, value) => {
        error = failure;
        answer = value;
      },
    );
    call.on("status", ({ metadata: trailer }) =>
      setImmediate(() => resolve({ message: answer, error, trailer })),
    );
  });
}

const talk = (): ClientDuplexStream<Buffer, Buffer> =>
  client.makeBidiStreamRequest(service.talk.path, same, same, new Metadata());

/** The interoperability cases of gRPC, played by its own client and server with the gateway between them. */
describe("gRPC through the gateway", () => {
  it("empty_unary", async () => {
    expect((await unary("")).message).toHaveLength(0);
  });

  it("large_unary", async () => {
    expect((await unary(Buffer.alloc(300_000, "l"))).message).toHaveLength(300_000);
  });

  it("client_streaming", async () => {
    const answer = await new Promise<Buffer | undefined>((resolve, reject) => {
      const call = client.makeClientStreamRequest(service.collect.path, same, same, (error, value) =>
        error ? reject(error) : resolve(value),
      );
      for (const size of [27_182, 8, 1_828, 45_904]) call.write(Buffer.alloc(size));
      call.end();
    });
    expect(String(answer)).toBe("74922");
  });

  it("server_streaming", async () => {
    const call = client.makeServerStreamRequest(
      service.spread.path,
      same,
      same,
      Buffer.from("31415,9,2653,58979"),
    );
    const sizes: number[] = [];
    for await (const message of call) sizes.push(message.length);
    expect(sizes).toEqual([31_415, 9, 2_653, 58_979]);
  });

  it("ping_pong", async () => {
    const call = talk();
    const sizes: number[] = [];
    const todo = [27_182, 8, 1_828, 45_904];
    call.write(Buffer.alloc(todo.shift()!));
    for await (const message of call) {
      sizes.push(message.length);
      const next = todo.shift();
      if (next === undefined) call.end();
      else call.write(Buffer.alloc(next));
    }
    expect(sizes).toEqual([27_182, 8, 1_828, 45_904]);
  });

  it("empty_stream", async () => {
    const call = talk();
    call.end();
    for await (const message of call) expect(message).toBeUndefined();
  });

  it("many calls at a time over one connection to the upstream", async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, (_, i) => unary(`call ${i}`)));
    expect(outcomes.map(({ message }) => String(message))).toEqual(outcomes.map((_, i) => `call ${i}`));
  });

  it("large messages both ways at once, in order", async () => {
    const call = talk();
    const count = 40;
    let at = 0;
    for (let i = 0; i < count; i++) call.write(Buffer.alloc(100_000, i));
    call.end();
    for await (const message of call) expect(message.equals(Buffer.alloc(100_000, at++))).toBe(true);
    expect(at).toBe(count);
  });

  it("cancel_after_begin", async () => {
    const error = await new Promise<ServiceError | null>((resolve) => {
      const call = client.makeClientStreamRequest(service.collect.path, same, same, resolve);
      call.write(Buffer.from("x"));
      setImmediate(() => call.cancel());
    });
    expect(error?.code).toBe(status.CANCELLED);
  });

  it("cancel_after_first_response", async () => {
    const call = talk();
    call.write(Buffer.from("first"));
    const code = await new Promise((resolve) => {
      call.on("data", () => call.cancel());
      call.on("error", (error: ServiceError) => resolve(error.code));
    });
    expect(code).toBe(status.CANCELLED);
    await Rig.eventually(() => cancelled.includes("talk"));
  });

  it("timeout_on_sleeping_server", async () => {
    const metadata = new Metadata();
    metadata.set("x-sleep", "1");
    const { error } = await unary("x", metadata, { deadline: Date.now() + 100 });
    expect(error?.code).toBe(status.DEADLINE_EXCEEDED);
    await Rig.eventually(() => cancelled.includes("unary"));
  });

  it("custom_metadata", async () => {
    const metadata = new Metadata();
    metadata.add("x-echo", "one");
    metadata.add("x-echo", "two");
    metadata.set("x-echo-bin", Buffer.from([0xab, 0xab, 0, 0xff]));
    const { trailer } = await unary("x", metadata);
    expect(trailer?.get("x-echo")).toEqual(["one, two"]);
    expect(trailer?.get("x-echo-bin")).toEqual([Buffer.from([0xab, 0xab, 0, 0xff])]);
  });

  it.each(["test status message", "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"])(
    "status_code_and_message %j",
    async (message) => {
      const metadata = new Metadata();
      metadata.set("x-fail", "1");
      const { error } = await unary(message, metadata);
      expect([error?.code, error?.details]).toEqual([status.UNKNOWN, message]);
    },
  );

  it("unimplemented_method", async () => {
    const code = await new Promise((resolve) =>
      client.makeUnaryRequest("/test.Service/none", same, same, Buffer.alloc(0), (error) =>
        resolve(error?.code),
      ),
    );
    expect(code).toBe(status.UNIMPLEMENTED);
  });
});
