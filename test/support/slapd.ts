import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { certificateFor } from "../engine/certificate.ts";
import { freePorts } from "./ports.ts";

const program = "/usr/sbin/slapd";

/** Whether OpenLDAP's server is on this machine. */
export const hasSlapd: boolean = existsSync(program);

export interface Slapd {
  readonly port: number;
  readonly tlsPort: number;
  stop(): Promise<void>;
}

const users = `dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
o: example
dc: example

dn: cn=ada,dc=example,dc=com
objectClass: person
cn: ada
sn: Lovelace
userPassword: open sesame

dn: cn=a\\2Cb,dc=example,dc=com
objectClass: person
cn: a,b
sn: Comma
userPassword: comma
`;

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });

/** Starts a server on free ports of 127.0.0.1 that knows `ada` with the password `open sesame`. */
export const startSlapd = async (): Promise<Slapd> => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-ldap-"));
  const [port, tlsPort] = (await freePorts(2)) as [number, number];
  const { chain: cert, key } = await certificateFor("localhost");
  const file = (name: string, text: string): string => {
    const at = path.join(folder, name);
    writeFileSync(at, text);
    return at;
  };
  mkdirSync(path.join(folder, "data"));
  const conf = file(
    "slapd.conf",
    [
      "include /etc/ldap/schema/core.schema",
      "modulepath /usr/lib/ldap",
      "moduleload back_mdb",
      `TLSCertificateFile ${file("cert.pem", cert)}`,
      `TLSCertificateKeyFile ${file("key.pem", key)}`,
      "database mdb",
      'suffix "dc=example,dc=com"',
      `directory ${path.join(folder, "data")}`,
      "",
    ].join("\n"),
  );
  execFileSync("/usr/sbin/slapadd", ["-f", conf, "-l", file("users.ldif", users)], { stdio: "ignore" });
  const child = spawn(program, [
    "-f",
    conf,
    "-h",
    `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`,
    "-d",
    "0",
  ]);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const deadline = performance.now() + 10_000;
  while (!(await isOpen(port)))
    if (performance.now() > deadline || child.exitCode !== null) throw new Error("slapd does not start");
  return {
    port,
    tlsPort,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
