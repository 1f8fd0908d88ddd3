import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { getRequestListener } from "@hono/node-server";
import { AccessLog } from "../adapters/node/index.ts";
import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import type { AccessLogConf } from "./conf/derived.ts";
import type { TlsConf } from "./conf/tls.ts";
import type { Certificate } from "./messages.ts";
import { answerOddMethod } from "./oddmethod.ts";
import { tlsTerms } from "./tlsterms.ts";
import type { ListenAddress } from "./conf/listeners.ts";
import type { GivenSocket } from "./socketsource.ts";

export interface AdminListenerOptions {
  /** Needed for listeners with `ssl`. */
  readonly certificates: readonly Certificate[];
  readonly tls: TlsConf;
  /** A body larger than this is refused; that of `POST /config` is not. */
  readonly maxBodyBytes: number;
  readonly accessLog: AccessLogConf | undefined;
  /** Whether answers tell X-Kong-Admin-Latency. */
  readonly hasLatency: boolean;
}

interface App {
  fetch(request: Request): Promise<Response>;
}

/** The Admin API on sockets. */
export class AdminListener {
  private readonly app: App;
  private readonly servers: Server[] = [];
  private readonly options: AdminListenerOptions;
  private readonly log: AccessLog | undefined;

  constructor(app: App, options: AdminListenerOptions) {
    this.app = app;
    this.options = options;
    this.log =
      options.accessLog && new AccessLog(options.accessLog.file, { format: options.accessLog.format });
  }

  /** Listens on a socket that is one of an address. */
  async listen({ socket, backlog }: GivenSocket, { ssl }: ListenAddress): Promise<void> {
    const respond = getRequestListener((request) => this.respond(request), {
      overrideGlobalObjects: false,
    });
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      this.logWhenOver(request, response);
      const length = Number(request.headers["content-length"] ?? 0);
      if (length > this.options.maxBodyBytes && request.url?.split("?", 1)[0] !== "/config") {
        response.writeHead(413).end();
        return;
      }
      // URL parsing would resolve dot segments; no path of this API has one.
      if (/\/(?:\.|%2e){1,2}(?:[/?]|$)/i.test(request.url ?? "")) {
        response.writeHead(404, { "Content-Type": "application/json; charset=utf-8" });
        response.end('{"message":"Not found"}');
        return;
      }
      void respond(request, response);
    };
    const server = ssl ? createTlsServer(this.tlsOptions(), serve) : createServer(serve);
    const app = { fetch: (request: Request) => this.respond(request) };
    server.on("clientError", (refused, stream) => void answerOddMethod(refused, stream as Socket, app));
    this.servers.push(server);
    server.listen(socket, backlog);
    await once(server, "listening");
  }

  private tlsOptions(): TlsOptions {
    const { certificates } = this.options;
    return {
      ...tlsTerms(this.options.tls),
      cert: certificates.map(({ cert }) => cert),
      key: certificates.map(({ key }) => key),
    };
  }

  private async respond(request: Request): Promise<Response> {
    const response = await this.app.fetch(request);
    if (!this.options.hasLatency) response.headers.delete("X-Kong-Admin-Latency");
    return response;
  }

  private logWhenOver(request: IncomingMessage, response: ServerResponse): void {
    if (this.log === undefined) return;
    const receivedAtMs = Date.now();
    const sentBefore = request.socket.bytesWritten;
    response.once("close", () =>
      this.log?.write({
        remoteAddress: request.socket.remoteAddress ?? "-",
        remoteUser: undefined,
        receivedAtMs,
        method: request.method ?? "-",
        target: request.url ?? "-",
        httpVersion: request.httpVersion === "1.0" ? "1.0" : "1.1",
        status: response.statusCode,
        bodyBytesSent: Number(
          response.getHeader("content-length") ?? request.socket.bytesWritten - sentBefore,
        ),
        referer: request.headers.referer,
        userAgent: request.headers["user-agent"],
        requestId: undefined,
      }),
    );
  }

  /** Goes on in a new file. */
  reopenLog(): void {
    this.log?.reopen();
  }

  async close(): Promise<void> {
    await Promise.all(
      this.servers.splice(0).map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeIdleConnections();
            setTimeout(() => server.closeAllConnections(), 1_000).unref();
          }),
      ),
    );
    await this.log?.close();
  }
}
