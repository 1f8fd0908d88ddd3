import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePorts } from "./ports.ts";

/** The folder of PostgreSQL's programs on this machine; undefined where it is not installed. */
export const postgresFolder: string | undefined = globSync("/usr/{lib/postgresql/*/bin,bin,local/bin}")
  .sort()
  .reverse()
  .find((folder) => ["initdb", "postgres", "createdb"].every((name) => existsSync(path.join(folder, name))));

export interface Postgres {
  readonly port: number;
  /** Stops the server, cutting every connection, and starts it again; `crash` kills it without a chance to tidy up. */
  restart(how: "stop" | "crash"): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root: then it runs as nobody. */
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/**
 * Starts a server of its own on a free port of 127.0.0.1, with a user and a database `kong`.
 *
 * @param pair Certificate and key of a server that speaks TLS.
 */
export const startPostgres = async (pair?: { chain: string; key: string }): Promise<Postgres> => {
  const folder = postgresFolder!;
  const data = mkdtempSync(path.join(tmpdir(), "sallyport-pg-"));
  const [port] = (await freePorts(1)) as [number];
  const identity = isRoot ? { uid: nobody, gid: nobody } : {};
  if (isRoot) execFileSync("chown", [String(nobody), data]);
  execFileSync(
    path.join(folder, "initdb"),
    ["-D", data, "-U", "kong", "--auth=trust", "-E", "UTF8", "--no-sync"],
    { ...identity, stdio: "ignore", cwd: data },
  );
  const secure = pair === undefined ? [] : ["ssl=on", "ssl_cert_file=server.crt", "ssl_key_file=server.key"];
  if (pair !== undefined) {
    for (const [name, text] of [
      ["server.crt", pair.chain],
      ["server.key", pair.key],
    ] as const) {
      const file = path.join(data, name);
      writeFileSync(file, text, { mode: 0o600 });
      if (isRoot) chownSync(file, nobody, nobody);
    }
  }
  const settings = [
    ...secure,
    `listen_addresses=127.0.0.1`,
    `port=${port}`,
    `unix_socket_directories=`,
    `fsync=off`,
  ];
  const run = async (): Promise<(signal: NodeJS.Signals) => Promise<void>> => {
    const child = spawn(
      path.join(folder, "postgres"),
      ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
      { ...identity, stdio: ["ignore", "ignore", "pipe"], cwd: data },
    );
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    await new Promise<void>((resolve, reject) => {
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("ready to accept connections")) resolve();
      });
      void ended.then(() => reject(new Error(`PostgreSQL ended:\n${said}`)));
    });
    return (signal) => {
      child.kill(signal);
      return ended;
    };
  };
  let end = await run();
  execFileSync(path.join(folder, "createdb"), ["-h", "127.0.0.1", "-p", String(port), "-U", "kong", "kong"], {
    stdio: "ignore",
  });
  return {
    port,
    async restart(how) {
      await end(how === "stop" ? "SIGINT" : "SIGQUIT");
      end = await run();
    },
    async stop() {
      await end("SIGINT");
      rmSync(data, { recursive: true, force: true });
    },
  };
};
