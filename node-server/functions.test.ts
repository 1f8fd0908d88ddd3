import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { workerPlugins } from "../core/index.ts";
import { type Daemon, startDaemon } from "../test/support/daemon.ts";

const document = (text: string): Record<string, unknown> => ({
  _format_version: "3.0",
  routes: [
    {
      paths: ["/"],
      plugins: [
        { name: "pre-function", config: { access: [text] } },
        { name: "request-termination", config: { status_code: 200, message: "passed" } },
      ],
    },
  ],
});

const post = async (daemon: Daemon, text: string): Promise<[number, string]> => {
  const response = await fetch(`http://127.0.0.1:${daemon.adminPort}/config?flatten_errors=1`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(document(text)),
  });
  return [response.status, await response.text()];
};

const ask = (daemon: Daemon): Promise<Response> => fetch(`http://127.0.0.1:${daemon.proxyPort}/`);

describe("functions in configurations", () => {
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await startDaemon({ conf: { untrusted_js: "sandbox" } });
  });
  afterAll(() => daemon?.stop());

  test("run in the sandbox", async () => {
    const text =
      'kong.response.setHeader("x-process", typeof process); kong.response.setHeader("x-js", [1, 2].join("+"))';
    expect((await post(daemon, text))[0]).toBe(201);
    const { headers } = await ask(daemon);
    expect([headers.get("x-process"), headers.get("x-js")]).toEqual(["undefined", "1+2"]);
  });

  test("are ended when they run too long, and others are served", async () => {
    await post(daemon, 'if (kong.request.getHeader("x-loop")) for (;;);');
    const looping = await fetch(`http://127.0.0.1:${daemon.proxyPort}/`, { headers: { "x-loop": "1" } });
    expect([looping.status, (await ask(daemon)).status]).toEqual([500, 200]);
    expect(daemon.output()).toContain("longer than 50 ms");
  });

  test("can't write a request of their own by line breaks", async () => {
    for (const call of [
      'kong.service.request.setMethod("GET / HTTP/1.1\\r\\nx: 1\\r\\n\\r\\nGET")',
      'kong.service.request.setScheme("x\\r\\n")',
      "kong.response.setStatus(99999)",
    ]) {
      await post(daemon, `try { ${call} } catch (e) { kong.response.setHeader("x-told", e.message) }`);
      expect((await ask(daemon)).headers.get("x-told")).toContain("failed");
    }
  });

  test("that can't be read are refused with the reason", async () => {
    const [status, body] = await post(daemon, "return (");
    expect([status, body.includes("error parsing pre-function: SyntaxError")]).toEqual([400, true]);
  });
});

test("without untrusted_js they are refused with the property that allows them", async () => {
  const daemon = await startDaemon();
  try {
    const [status, body] = await post(daemon, "return");
    expect([status, body.includes("untrusted_js = sandbox")]).toEqual([400, true]);
  } finally {
    await daemon.stop();
  }
});

test("with untrusted_js = on they are part of the process", async () => {
  const daemon = await startDaemon({ conf: { untrusted_js: "on" } });
  try {
    await post(daemon, 'kong.response.setHeader("x-process", typeof process)');
    expect((await ask(daemon)).headers.get("x-process")).toBe("object");
  } finally {
    await daemon.stop();
  }
});

test("a property of Kong's Lua is told what takes its place", async () => {
  const daemon = await startDaemon({ conf: { untrusted_lua: "on" } });
  expect(daemon.output()).toMatch(/untrusted_lua.*untrusted_js/);
  await daemon.stop();
});

test("at the edge they are refused by name", () => {
  for (const name of ["pre-function", "post-function"]) {
    const plugin = workerPlugins.find((one) => one.name === name)!;
    const errors: Record<string, never> = {};
    for (const check of plugin.checks ?? []) check.run({ config: { access: [""] } }, errors, false);
    expect(JSON.stringify(errors)).toContain("Workers can't run code that comes as text");
  }
});
