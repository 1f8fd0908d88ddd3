import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { PostgresDriver } from "./node.ts";

const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const authenticated = message("R", Buffer.alloc(4));
const ready = message("Z", Buffer.from("I"));
const terminated = message("E", Buffer.from("SFATAL\0C57P01\0Mterminated\0\0"));

test("a server that ends a connection in the moment in which it is ready ends no process", async () => {
  // All in one read: nobody could have begun to listen for the error in between.
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(Buffer.concat([authenticated, ready, terminated])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const driver = await PostgresDriver.open({
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    user: "kong",
    password: "",
    database: "kong",
    connections: 1,
    timeoutMs: 1_000,
    isSecure: false,
    isVerified: false,
    onError: () => undefined,
  });
  await expect(driver.transaction(async () => undefined)).rejects.toThrow();
  await expect(driver.query("SELECT 1")).rejects.toThrow();
  await driver.close();
  await new Promise((resolve) => server.close(resolve));
});
