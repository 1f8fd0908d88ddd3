import { connect } from "node:net";

/**
 * One question by TCP, on a connection of its own.
 *
 * @throws Error when the server can't be reached, or its answer is not accepted or not complete in time.
 * @see RFC 1035 §4.2.2: two bytes of length go before each message
 */
export const askByStream = (
  host: string,
  port: number,
  query: Uint8Array,
  timeoutMs: number,
  accepts: (message: Uint8Array) => boolean,
): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    let held = Buffer.alloc(0);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(new Error(`name server ${host}:${port} did not answer within ${timeoutMs} ms by TCP`)),
      timeoutMs,
    );
    socket.on("error", fail);
    socket.on("end", () => fail(new Error(`name server ${host}:${port} closed the connection`)));
    socket.on("data", (chunk) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      if (held.length < 2 || held.length < 2 + held.readUInt16BE(0)) return;
      const message = held.subarray(2, 2 + held.readUInt16BE(0));
      if (!accepts(message)) return fail(new Error(`name server ${host}:${port} sent a wrong answer`));
      clearTimeout(timer);
      socket.destroy();
      resolve(message);
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  });
