import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { certificateFor } from "../engine/certificate.ts";
import { freePorts } from "./ports.ts";

/** Let's Encrypt's ACME server for tests, with its name server beside it; undefined where it is not installed. */
export const pebbleProgram: string | undefined = ["/usr/bin", "/usr/local/bin"]
  .map((folder) => `${folder}/pebble`)
  .find((file) => existsSync(file) && existsSync(`${file}-challtestsrv`));

export interface Pebble {
  readonly directoryUrl: string;
  /** Trusted by who wants to speak to it: PEM, in a file. */
  readonly authorityFile: string;
  /** Where it looks for answers to challenges, whatever the name. */
  readonly challengePort: number;
  stop(): Promise<void>;
}

/** Starts one on free ports of 127.0.0.1. Every name is 127.0.0.1 for it. */
export const startPebble = async (challengePort: number): Promise<Pebble> => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-pebble-"));
  const [port, managementPort, dnsPort, dnsManagementPort] = (await freePorts(4)) as [
    number,
    number,
    number,
    number,
  ];
  const { chain, key } = await certificateFor("localhost");
  const file = (name: string, text: string): string => {
    const at = path.join(folder, name);
    writeFileSync(at, text);
    return at;
  };
  const authorityFile = file("cert.pem", chain);
  const config = file(
    "config.json",
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: authorityFile,
        privateKey: file("key.pem", key),
        httpPort: challengePort,
        tlsPort: 1,
      },
    }),
  );
  const dns = spawn(
    `${pebbleProgram}-challtestsrv`,
    [
      ...["-dns01", `127.0.0.1:${dnsPort}`, "-management", `127.0.0.1:${dnsManagementPort}`],
      ...["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""],
    ],
    { stdio: "ignore" },
  );
  const child = spawn(pebbleProgram!, ["-config", config, "-dnsserver", `127.0.0.1:${dnsPort}`], {
    // No waits before it looks, and no nonces refused at random: a test has to end alike each time.
    env: { ...process.env, PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = Promise.all(
    [dns, child].map((process) => new Promise<void>((resolve) => process.once("exit", () => resolve()))),
  );
  await new Promise<void>((resolve, reject) => {
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("ACME directory available")) resolve();
      });
    child.once("exit", () => reject(new Error(`Pebble ended:\n${said}`)));
  });
  return {
    directoryUrl: `https://localhost:${port}/dir`,
    authorityFile,
    challengePort,
    async stop() {
      child.kill();
      dns.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
