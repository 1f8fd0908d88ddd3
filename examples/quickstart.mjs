// `npm start`: a small echo upstream and the gateway in front of it, until Ctrl-C.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startEcho } from "./echo.mjs";

const echoPort = Number(process.env["ECHO_PORT"] ?? 9000);
const local = (name) => fileURLToPath(new URL(name, import.meta.url));

let echo;
try {
  echo = await startEcho(echoPort);
} catch (error) {
  process.stderr.write(`Error: the echo upstream can't listen on 127.0.0.1:${echoPort}: ${error.message}\n`);
  process.exit(1);
}

const args = [local("../node-server/bin.mjs"), "start", "-c", local("sallyport.conf"), ...process.argv.slice(2)];
const gateway = spawn(process.execPath, args, { stdio: "inherit" });
process.stdout.write(`An echo upstream listens on 127.0.0.1:${echoPort}. When the gateway serves, try:
  curl -i http://127.0.0.1:8000/echo/hello
  curl -i http://127.0.0.1:8000/private                        # 401: no key
  curl -i http://127.0.0.1:8000/private -H 'apikey: ada-key'   # 200
  curl -i http://127.0.0.1:8000/nowhere                        # 404: no route
  curl -s http://127.0.0.1:8001/status                         # Admin API
`);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) process.on(signal, () => gateway.kill(signal));
gateway.on("exit", (code) => {
  echo.close();
  echo.closeAllConnections();
  process.exitCode = code ?? 1;
});
