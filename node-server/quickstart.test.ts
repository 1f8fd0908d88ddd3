import { spawn } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";

test("a signal that only npm's child gets ends the quick start and leaves no process", async () => {
  const script = path.resolve(import.meta.dirname, "../examples/quickstart.mjs");
  const child = spawn(process.execPath, [script], {
    env: {
      ...process.env,
      SALLYPORT_PROXY_LISTEN: "off",
      SALLYPORT_ADMIN_LISTEN: "off",
      SALLYPORT_PREFIX: `/tmp/sallyport-quick-${process.pid}`,
      ECHO_PORT: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("serves with")) resolve();
    });
    child.once("exit", () => reject(new Error(said)));
  });
  child.kill("SIGINT");
  const code = await new Promise((resolve) => child.once("exit", resolve));
  expect([code, said.match(/stopping/g)?.length]).toEqual([0, 1]);
});
