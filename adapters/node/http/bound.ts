import * as net from "node:net";

/** An address that is bound and not accepted from. It can be sent to another process, and listened on there. */
export interface BoundSocket {
  close(): void;
}

/** libuv's flags of a bind. */
const ipv6Only = 1;
const reusePort = 2;

type Bind = (host: string, port: number, family: 4 | 6, fd: number, flags: number) => BoundSocket | number;

// Node offers a bind without a listen to its own cluster module only. A server that listens accepts, too: its process
// would take connections that it does not serve.
const bind = Reflect.get(net, "_createServerHandle") as Bind | undefined;

const codes: Readonly<Record<number, string>> = {
  [-98]: "EADDRINUSE",
  [-48]: "EADDRINUSE",
  [-13]: "EACCES",
  [-99]: "EADDRNOTAVAIL",
  [-49]: "EADDRNOTAVAIL",
};

/**
 * Binds beside others that do the same (SO_REUSEPORT). Connections wait as long as it stays open, whoever listened on
 * it and died.
 *
 * @throws Error with `code` EADDRINUSE, EACCES or EADDRNOTAVAIL.
 */
export const bindSocket = (host: string, port: number): BoundSocket => {
  if (bind === undefined) throw new Error(`Node ${process.version} can't bind without listening`);
  const isV6 = net.isIPv6(host);
  const bound = bind(host, port, isV6 ? 6 : 4, -1, reusePort | (isV6 ? ipv6Only : 0));
  if (typeof bound !== "number") return bound;
  const code = codes[bound] ?? `error ${bound}`;
  throw Object.assign(new Error(`${code}: ${host}:${port}`), { code });
};

/** Listens on what another process bound. The server has accepted nothing yet: it can move to another thread. */
export const serverOn = (bound: BoundSocket, backlog: number): net.Server => {
  const server = net.createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  server.listen(bound, backlog);
  return server;
};
