import { Agent, type IncomingMessage, request } from "node:http";

export interface Asked {
  readonly method?: string;
  readonly path: string;
  /** Name, value, name, value… Host is added when it is missing. */
  readonly headers?: readonly string[];
  readonly body?: string;
  /** Send the body in chunks, without its length. */
  readonly isChunked?: boolean;
}

export interface Answered {
  readonly status: number;
  /** Name, value, name, value… */
  readonly headers: readonly string[];
  readonly body: string;
}

const agent = new Agent({ keepAlive: true });

const collect = (response: IncomingMessage): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.rawHeaders,
        body: Buffer.concat(chunks).toString("latin1"),
      }),
    );
  });

/** Asks over a real socket; header lines stay apart. */
export const ask = (port: number, asked: Asked): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const headers = [...(asked.headers ?? [])];
    if (!headers.some((name, i) => i % 2 === 0 && name.toLowerCase() === "host"))
      headers.push("Host", `127.0.0.1:${port}`);
    if (asked.body !== undefined) {
      headers.push(
        ...(asked.isChunked
          ? ["Transfer-Encoding", "chunked"]
          : ["Content-Length", String(Buffer.byteLength(asked.body))]),
      );
    }
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        method: asked.method ?? "GET",
        path: asked.path,
        headers,
        agent,
        setHost: false,
      },
      (response) => void collect(response).then(resolve, reject),
    );
    sent.on("error", reject);
    sent.end(asked.body);
  });

/** Every value of a field. */
export const valuesOf = (headers: readonly string[], name: string): string[] =>
  headers.filter((_, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === name.toLowerCase());
