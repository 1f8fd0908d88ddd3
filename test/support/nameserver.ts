import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePorts } from "./ports.ts";

/** A real name server on a free port of 127.0.0.1, for UDP and TCP. */
export interface NameServer {
  /** `address:port` */
  readonly address: string;
  stop(): Promise<void>;
}

const programAt = (...files: string[]): string | undefined => files.find((file) => existsSync(file));

const named = programAt("/usr/sbin/named", "/usr/local/sbin/named");
const unbound = programAt("/usr/sbin/unbound", "/usr/local/sbin/unbound");

/** The name servers that are installed here. */
export const installed = { bind9: named !== undefined, unbound: unbound !== undefined };

const start = async (
  program: string,
  flags: (folder: string) => string[],
  files: (port: number, folder: string) => Record<string, string>,
  isReady: RegExp,
): Promise<NameServer> => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-dns-"));
  chmodSync(folder, 0o755);
  const [port] = (await freePorts(1)) as [number];
  for (const [file, text] of Object.entries(files(port, folder)))
    writeFileSync(path.join(folder, file), text);
  const child = spawn(program, flags(folder), { stdio: ["ignore", "pipe", "pipe"], cwd: folder });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (isReady.test(said)) resolve();
      });
    void ended.then(() => reject(new Error(`${program} ended:\n${said}`)));
  });
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Serves `gw.test` from a zone file, and asks nobody else. */
export const startBind = (zone: string): Promise<NameServer> =>
  start(
    named!,
    (folder) => ["-g", "-c", path.join(folder, "named.conf"), "-n", "1"],
    (port, folder) => ({
      "gw.test.zone": zone,
      "named.conf": `
options {
  directory "${folder}"; pid-file none; session-keyfile none; recursion no;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  allow-query { any; }; dnssec-validation no; querylog no;
};
controls { };
zone "gw.test" { type master; file "gw.test.zone"; };
`,
    }),
    / running\n/,
  );

/** A caching resolver that has the same zone of its own. */
export const startUnbound = (zone: string): Promise<NameServer> =>
  start(
    unbound!,
    (folder) => ["-d", "-d", "-c", path.join(folder, "unbound.conf")],
    (port, folder) => ({
      "gw.test.zone": zone,
      "unbound.conf": `
server:
  interface: 127.0.0.1@${port}
  access-control: 127.0.0.0/8 allow
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 1
  num-threads: 1
  do-not-query-localhost: no
  module-config: "iterator"
  local-zone: "." refuse
  local-zone: "gw.test." transparent
remote-control:
  control-enable: no
auth-zone:
  name: "gw.test"
  zonefile: "gw.test.zone"
  for-downstream: yes
  for-upstream: yes
`,
    }),
    /start of service/,
  );
