import { createServer } from "node:net";
import type { ListenAddress } from "./conf/listeners.ts";

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use by another program",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
};

/** Why an address can't be had, for people. */
export const reasonOf = ({ code, message }: NodeJS.ErrnoException): string => reasons[code ?? ""] ?? message;

/**
 * Tries to listen, alone: sockets that share their port would succeed beside a stranger.
 *
 * @returns What is wrong, for people; undefined when the address is free.
 */
export const probe = (property: string, { host, port }: ListenAddress): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve(`${property} ${host}:${port}: ${reasonOf(error)}`);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
