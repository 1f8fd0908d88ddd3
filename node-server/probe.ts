import { createServer } from "node:net";
import type { ListenAddress } from "./conf/listeners.ts";

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use by another program",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
};

/**
 * Tries to listen, alone: workers share their port, so each of them would succeed beside a stranger.
 *
 * @returns What is wrong, for people; undefined when the address is free.
 */
export const probe = (property: string, { host, port }: ListenAddress): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve(`${property} ${host}:${port}: ${reasons[error.code ?? ""] ?? error.message}`);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
