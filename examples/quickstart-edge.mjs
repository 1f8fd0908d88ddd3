// `npm run dev:edge`: a small echo upstream and the gateway in the local edge runtime, until Ctrl-C.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { startEcho } from "./echo.mjs";

const echoPort = 9000;
const port = 8787;
const wrangler = path.join(path.dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin/wrangler.js");

const echo = await startEcho(echoPort);
const args = [wrangler, "dev", "--local", "--env", "dev", "--port", String(port), ...process.argv.slice(2)];
const edge = spawn(process.execPath, args, {
  stdio: "inherit",
  // Nothing is looked up or sent while developing.
  env: {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
  },
});
process.stdout.write(`An echo upstream listens on 127.0.0.1:${echoPort}. When the Worker is ready, try:
  curl -i http://127.0.0.1:${port}/echo/hello
  curl -i http://127.0.0.1:${port}/private                        # 401: no key
  curl -i http://127.0.0.1:${port}/private -H 'apikey: ada-key'   # 200
  curl -i http://127.0.0.1:${port}/nowhere                        # 404: no route
`);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => edge.kill(signal));
edge.on("exit", (code) => {
  echo.close();
  echo.closeAllConnections();
  process.exitCode = code ?? 1;
});
