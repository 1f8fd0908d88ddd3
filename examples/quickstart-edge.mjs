// `npm run dev:edge`: a small echo upstream, the control plane and the data plane in the local edge runtime, until
// Ctrl-C. What is written stays in .wrangler/state.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { startEcho } from "./echo.mjs";

const echoPort = 9000;
const port = 8787;
const admin = `http://127.0.0.1:${port}/admin-api`;
const headers = { Authorization: "Bearer dev" };
const root = path.resolve(import.meta.dirname, "..");
const wrangler = path.join(path.dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin/wrangler.js");

const echo = await startEcho(echoPort);

/** A wrangler file with variables for development; the command line's reach the first Worker alone. */
const withVariables = (name, variables) => {
  const file = path.join(root, ".wrangler", `dev.${name}`);
  const lines = Object.entries(variables).map(([key, value]) => `${key} = "${value}"\n`);
  const text = readFileSync(path.join(root, name), "utf8").replace('main = "', `main = "${root}/`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n[vars]\n${lines.join("")}`);
  return ["--config", file];
};

const configs = [
  ...withVariables("wrangler.toml", { ADMIN_PATH: "/admin-api", EVENTS_SOCKET: "on" }),
  ...withVariables("wrangler.control.toml", { ADMIN_TOKEN: "dev" }),
];
const args = ["dev", "--local", ...configs, "--port", String(port), "--persist-to", path.join(root, ".wrangler/state")];
const edge = spawn(process.execPath, [wrangler, ...args, ...process.argv.slice(2)], {
  stdio: ["inherit", "pipe", "inherit"],
  // Nothing is looked up or sent while developing.
  env: {
    ...process.env,
    ...(process.stdout.isTTY && { FORCE_COLOR: "1" }),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
  },
});

// wrangler says that it is ready before the example is there: what it says is held until it serves.
let held = [];
edge.stdout.on("data", (chunk) => (held === undefined ? process.stdout.write(chunk) : held.push(chunk)));
const release = () => {
  for (const chunk of held ?? []) process.stdout.write(chunk);
  held = undefined;
};
process.stdout.write("The edge runtime starts, and gets the example …\n");

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => edge.kill(signal));
edge.on("exit", (code) => {
  release();
  echo.close();
  echo.closeAllConnections();
  process.exit(code ?? 1);
});

/** The example, unless something was written before. Settles when the data plane serves it. */
const seed = async () => {
  const { data } = await (await fetch(`${admin}/services`, { headers })).json();
  if (data.length > 0) return;
  const body = readFileSync(path.join(root, "examples/quickstart.yml"));
  const response = await fetch(`${admin}/declarative`, { method: "PUT", headers, body });
  if (!response.ok) throw new Error(await response.text());
  // An isolate that began before it was written looks for it beside a request, every few seconds.
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/echo/hello`);
    await answer.arrayBuffer();
    if (answer.status !== 404) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

for (let tries = 0; ; tries++) {
  try {
    await seed();
    break;
  } catch (error) {
    if (tries === 100) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
release();
process.stdout.write(`An echo upstream listens on 127.0.0.1:${echoPort}. Try:
  curl -i http://127.0.0.1:${port}/echo/hello
  curl -i http://127.0.0.1:${port}/private                        # 401: no key
  curl -i http://127.0.0.1:${port}/private -H 'apikey: ada-key'   # 200
  curl -i http://127.0.0.1:${port}/nowhere                        # 404: no route
  curl -s ${admin}/services -H 'Authorization: Bearer dev' -d name=more -d url=http://127.0.0.1:${echoPort}
`);
