import type { Socket } from "node:net";

interface App {
  fetch(request: Request): Promise<Response>;
}

/** What the HTTP parser of Node says of a request that it refuses. */
interface ParseError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

const bad = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
/** A method is any token (RFC 9110 §9.1). What follows the head is not read: the connection ends. */
const head = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\/[!-~]*) HTTP\/1\.[01]\r\n([^]*?\r\n)\r\n/;

const written = async (response: Response): Promise<string> => {
  const body = await response.text();
  response.headers.set("Content-Length", String(Buffer.byteLength(body)));
  response.headers.set("Connection", "close");
  const fields = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${response.status} ${response.statusText}\r\n${fields}\r\n${body}`;
};

/** The answer to a request with a method that the parser does not know, and to any other that it can't read: 400. */
const answerTo = async ({ code, rawPacket }: ParseError, app: App): Promise<string> => {
  const [, method, target, fields = ""] =
    (code === "HPE_INVALID_METHOD" && rawPacket && head.exec(rawPacket.toString("latin1"))) || [];
  if (method === undefined) return bad;
  const headers = new Headers();
  for (const line of fields.split("\r\n").slice(0, -1)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const url = `http://${headers.get("host") ?? "admin"}${target}`;
  return written(await app.fetch(new Request(url, { method, headers })));
};

/** Answers what Node's HTTP parser refuses: 404 and 405 where only the method is unknown, as Kong does. */
export const answerOddMethod = async (refused: ParseError, socket: Socket, app: App): Promise<void> => {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(await answerTo(refused, app).catch(() => bad));
};
