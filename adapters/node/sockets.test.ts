import { createSocket } from "node:dgram";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { expect, test } from "vitest";
import { NodeSockets } from "./index.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a datagram arrives whole", async () => {
  const receiver = createSocket("udp4");
  await new Promise<void>((resolve) => receiver.bind(0, "127.0.0.1", resolve));
  const arrived = new Promise<string>((resolve) =>
    receiver.once("message", (data) => resolve(data.toString())),
  );
  await new NodeSockets().datagram("127.0.0.1", receiver.address().port, bytes("one"));
  expect(await arrived).toBe("one");
  receiver.close();
});

test("a stream keeps its connection, in the order of the writes, and comes back when it was lost", async () => {
  const clients: Socket[] = [];
  let text = "";
  const server = createServer((client) => {
    clients.push(client);
    client.on("data", (data) => (text += data.toString()));
    client.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const target = { host: "127.0.0.1", port, timeoutMs: 5_000, keepAliveMs: 60_000, tls: undefined };
  const stream = new NodeSockets().stream(target);
  await Promise.all([stream.write(bytes("a\n")), stream.write(bytes("b\n"))]);
  await expect.poll(() => text).toBe("a\nb\n");
  expect(clients).toHaveLength(1);
  clients[0]!.destroy();
  await expect
    .poll(async () => {
      await stream.write(bytes("c\n")).catch(() => undefined);
      return text.includes("c\n");
    })
    .toBe(true);
  stream.close();
  server.close();
});

test("a stream to nowhere rejects", async () => {
  const target = { host: "127.0.0.1", port: 1, timeoutMs: 1_000, keepAliveMs: 0, tls: undefined };
  await expect(new NodeSockets().stream(target).write(bytes("a"))).rejects.toThrow();
});
