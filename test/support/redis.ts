import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { freePorts } from "./ports.ts";

/** Redis on this machine; undefined where it is not installed. */
export const redisProgram: string | undefined = ["/usr/bin", "/usr/local/bin"]
  .map((folder) => `${folder}/redis-server`)
  .find((file) => existsSync(file));

export interface RedisProcess {
  readonly port: number;
  /** Ends it at once, without a word to its clients. */
  kill(): Promise<void>;
}

/** Starts a server of its own on a free port of 127.0.0.1, in memory only. */
export const startRedis = async (onPort?: number): Promise<RedisProcess> => {
  const port = onPort ?? (await freePorts(1))[0]!;
  const child = spawn(redisProgram!, ["--port", String(port), "--bind", "127.0.0.1", "--save", ""], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("Ready to accept connections")) resolve();
    });
    void ended.then(() => reject(new Error(`Redis ended:\n${said}`)));
  });
  return {
    port,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
};
