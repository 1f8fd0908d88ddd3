import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Daemon, startDaemon } from "../test/support/daemon.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-native-"));
const written = path.join(folder, "written");
let daemon: Daemon;

const route = (name: string, plugins: object[]) => ({ name, paths: [`/${name}`], plugins });

beforeAll(async () => {
  // Stands for the command that writes to the system's log.
  const command = path.join(folder, "logger");
  writeFileSync(command, `#!/bin/sh\ncat > ${written}\n`);
  chmodSync(command, 0o755);
  writeFileSync(path.join(folder, "some.proto"), 'syntax = "proto3";');
  daemon = await startDaemon({
    conf: { prefix: folder },
    env: { PATH: `${folder}:${process.env["PATH"]}` },
    document: {
      routes: [
        route("proto", [{ name: "grpc-gateway", config: { proto: "some.proto" } }]),
        route("syslog", [{ name: "syslog" }, { name: "request-termination", config: { status_code: 204 } }]),
      ],
    },
  });
});
afterAll(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true });
});

const ask = (target: string): Promise<Response> => fetch(`http://127.0.0.1:${daemon.proxyPort}${target}`);

test("a .proto file is found in the prefix", async () => {
  const response = await ask("/proto");
  expect([response.status, await response.text()]).toEqual([
    400,
    'failed to transcode .proto file Unknown method "get"',
  ]);
});

test("records reach the system's log", async () => {
  expect((await ask("/syslog")).status).toBe(204);
  await expect
    .poll(() => (existsSync(written) ? readFileSync(written, "utf8") : ""), { timeout: 10_000 })
    .toMatch(/^<14>\{.*"status":204.*\}\n$/);
});
