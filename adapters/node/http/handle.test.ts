import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unsentBytes, writePast } from "./handle.ts";
import { type SocketUser, bind, rebind, withSharedBuffer } from "./socket.ts";

let server: Server;
let near: Socket;
let far: Socket;

beforeEach(async () => {
  server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  near = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  near.on("error", () => {});
  far = await accepted;
  far.on("error", () => {});
});

afterEach(async () => {
  near.destroy();
  far.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const connected = (): Promise<void> =>
  new Promise((resolve) => {
    if (near.connecting) near.once("connect", resolve);
    else resolve();
  });

/** All that the other side gets until it has so many bytes. */
const arrived = (bytes: number): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    far.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.length >= bytes) resolve(text);
    });
    far.resume();
  });

describe("text written past the socket's layers", () => {
  it("arrives byte for byte", async () => {
    await connected();
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    expect(writePast(near, all, { taken: () => expect.unreachable() })).toBe("all");
    expect(await arrived(256)).toBe(all);
  });

  it("is told when the kernel took what it had left of it, and keeps its place among other writes", async () => {
    await connected();
    const line = `${"x".repeat(9_999)}\n`;
    let sent = "";
    let parts = 0;
    const taken = new Promise<void>((resolve) => {
      for (let i = 0; parts < 3; i++) {
        const text = `${i} ${line}`;
        sent += text;
        if (writePast(near, text, { taken: () => --parts === 0 && resolve() }) === "part") parts++;
      }
    });
    expect(unsentBytes(near)).toBeGreaterThan(0);
    sent += "last";
    near.write("last");
    expect(await arrived(sent.length)).toBe(sent);
    await taken;
    expect(unsentBytes(near)).toBe(0);
  });

  it("is left to the socket while that connects or holds other writes", async () => {
    const writer = { taken: (): void => expect.unreachable() };
    expect(near.connecting).toBe(true);
    expect(writePast(near, "a", writer)).toBe("not");
    await connected();
    while (near.write(Buffer.alloc(1 << 20)));
    expect(writePast(near, "a", writer)).toBe("not");
  });

  it("ends the connection where the peer resets it before all is taken, though nothing is read", async () => {
    await connected();
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => near.once("error", resolve));
    near.resume();
    const ended = new Promise((resolve) => near.once("end", resolve));
    far.end();
    await ended;
    const text = "x".repeat(10_000);
    while (writePast(near, text, { taken: () => expect.unreachable() }) === "all");
    far.resetAndDestroy();
    expect((await failed).code).toMatch(/^(EPIPE|ECONNRESET)$/);
  });

  it("ends the connection where the peer is gone", async () => {
    await connected();
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => near.once("error", resolve));
    far.resetAndDestroy();
    // Nothing is read: the reset is met by a write.
    near.pause();
    const socket = near;
    const attempt = (): void => {
      if (socket.destroyed) return;
      writePast(socket, "x", { taken() {} });
      setImmediate(attempt);
    };
    attempt();
    expect((await failed).code).toMatch(/^(EPIPE|ECONNRESET)$/);
  });
});

describe("a socket read past its layers", () => {
  it("tells its user, another one from then on, and that its input ended", async () => {
    await connected();
    const socket = withSharedBuffer(far);
    expect(socket).not.toBe(far);
    const told: string[] = [];
    const until = (count: number): Promise<void> =>
      new Promise((resolve) => (wake = () => void (told.length === count && resolve())));
    let wake = (): void => {};
    const user = (name: string): SocketUser => {
      const tell = (what: string): void => {
        told.push(`${name} ${what}`);
        wake();
      };
      return {
        received: (length, bytes) => tell(bytes.toString("latin1", 0, length)),
        finished: () => tell("end"),
        emptied: () => tell("emptied"),
        lost: () => tell("lost"),
      };
    };
    bind(socket, user("first"), false);
    near.write("one");
    await until(1);
    rebind(socket, user("second"));
    near.write("two");
    await until(2);
    near.end();
    await until(3);
    socket.destroy();
    await until(4);
    expect(told).toEqual(["first one", "second two", "second end", "second lost"]);
  });
});
