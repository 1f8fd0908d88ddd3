import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/** What the upstream got, as sent. */
export interface Received {
  readonly method: string;
  readonly url: string;
  /** Name, value, name, value… */
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers: Readonly<Record<string, string | undefined>>;
}

export interface Upstream {
  readonly port: number;
  /** What came with `x-case: name`, each once. */
  readonly received: Map<string, Received[]>;
  /** Requests whose connection broke before they were answered. */
  readonly aborted: string[];
  /** Requests to `/late` that wait for {@link Upstream.release}. */
  readonly held: ServerResponse[];
  release(): void;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, got: Received) => void;

const send = (response: ServerResponse, status: number, headers: string[], body: string | Buffer): void => {
  response.writeHead(status, ["Content-Length", String(Buffer.byteLength(body)), ...headers]);
  response.end(body);
};

/** By the first segment of the path; everything else echoes. */
const answers: Readonly<Record<string, Answer>> = {
  status: (_, response, { url }) => send(response, Number(url.split("/")[2]), ["X-Up", "1"], "up"),
  empty: (_, response) => response.writeHead(204).end(),
  "not-modified": (_, response) => response.writeHead(304, ["ETag", '"x"']).end(),
  mirror: (request, response, { method, body }) => {
    const length = request.headers["content-length"];
    send(response, 200, ["Content-Type", "application/json"], JSON.stringify({ method, body, length }));
  },
  letters: (request, response) => {
    const name = String(request.headers["x-name"]);
    send(response, 200, ["X-Name", name], Buffer.from(Buffer.from(name, "latin1").toString("hex")));
  },
  moved: (_, response) => send(response, 302, ["Location", "/elsewhere"], ""),
  cookies: (_, response) => send(response, 200, ["Set-Cookie", "a=1", "Set-Cookie", "b=2; Path=/"], "c"),
  chunked: (_, response) => {
    response.writeHead(200, ["Content-Type", "text/css"]);
    response.write("one ");
    response.write("two ");
    response.end("three");
  },
  gzip: (_, response) => send(response, 200, ["Content-Encoding", "gzip"], gzipSync("zipped")),
  html: (_, response) => send(response, 200, ["Content-Type", "text/html"], "<p>"),
  json: (_, response) => send(response, 200, ["Content-Type", "application/json"], '{"a":1,"b":"x"}'),
  hop: (_, response) => {
    send(
      response,
      200,
      ["Connection", "X-Gone, close", "X-Gone", "1", "X-Stay", "1", "Keep-Alive", "timeout=9"],
      "h",
    );
  },
  server: (_, response) =>
    send(response, 200, ["Server", "up/1", "Via", "1.1 inner", "Date", "Thu, 01 Jan 2026 00:00:00 GMT"], "s"),
  large: (_, response, { url }) => send(response, 200, [], "x".repeat(Number(url.split("/")[2]))),
  peer: (request, response) => send(response, 200, [], String(request.socket.remotePort)),
  head: (_, response, { headers }) => send(response, 200, [], JSON.stringify(headers)),
  reset: (request) => request.socket.destroy(),
  silent: () => undefined,
};

/** A real upstream on a free port of 127.0.0.1. */
export const startUpstream = async (): Promise<Upstream> => {
  const received = new Map<string, Received[]>();
  const aborted: string[] = [];
  const held: ServerResponse[] = [];
  const server: Server = createServer({ maxHeaderSize: 128 * 1024 }, (request, response) => {
    const chunks: Buffer[] = [];
    const name = String(request.headers["x-case"] ?? "");
    response.on("close", () => {
      if (!response.writableFinished) aborted.push(name);
    });
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const got: Received = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.rawHeaders,
        body: Buffer.concat(chunks).toString(),
        trailers: request.trailers,
      };
      received.set(name, [...(received.get(name) ?? []), got]);
      const answer = answers[got.url.split(/[/?]/)[1] ?? ""];
      if (got.url === "/late") held.push(response);
      else if (got.url === "/aborted") send(response, 200, [], JSON.stringify(aborted));
      else if (got.url === "/received") send(response, 200, [], JSON.stringify([...received.keys()]));
      else if (answer !== undefined) answer(request, response, got);
      else send(response, 200, ["Content-Type", "application/json"], JSON.stringify({ url: got.url }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    aborted,
    held,
    release: () => {
      for (const response of held.splice(0)) send(response, 200, [], "late");
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
