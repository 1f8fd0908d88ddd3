import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";

/** Messages that are read while waiting for the right one. */
const maxMessages = 128;

/**
 * One question by UDP. Each has a socket of its own, so that the system chooses another source port for each (RFC 5452
 * §9.2), and hears only the server.
 *
 * @throws Error when nothing that is accepted came in time, or the server's port is closed.
 */
export const askByDatagram = (
  host: string,
  port: number,
  query: Uint8Array,
  timeoutMs: number,
  accepts: (message: Uint8Array) => boolean,
): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
    let left = maxMessages;
    const end = (): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      // What still comes up while it closes concerns nobody.
      socket.on("error", () => {});
      socket.close();
    };
    const fail = (error: Error): void => {
      end();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(new Error(`name server ${host}:${port} did not answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    socket.on("error", fail);
    socket.on("message", (message) => {
      if (accepts(message)) {
        end();
        resolve(message);
      } else if (--left === 0)
        fail(new Error(`name server ${host}:${port} sent ${maxMessages} wrong answers`));
    });
    socket.once("connect", () => socket.send(query));
    socket.connect(port, host);
  });
