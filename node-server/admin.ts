import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { getRequestListener } from "@hono/node-server";
import type { Certificate } from "./messages.ts";
import type { ListenAddress } from "./conf/listeners.ts";
import type { GivenSocket } from "./socketsource.ts";

/** A body larger than this is refused, as Kong's Admin API does. */
const maxBodyBytes = 10 * 1024 * 1024;

/** The Admin API on sockets. */
export class AdminListener {
  private readonly app: { fetch(request: Request): Promise<Response> };
  private readonly servers: Server[] = [];

  private readonly certificate: Certificate | undefined;

  /** @param certificate Needed for listeners with `ssl`. */
  constructor(app: { fetch(request: Request): Promise<Response> }, certificate: Certificate | undefined) {
    this.app = app;
    this.certificate = certificate;
  }

  /** Listens on a socket that is one of an address. */
  async listen({ socket, backlog }: GivenSocket, { ssl }: ListenAddress): Promise<void> {
    const respond = getRequestListener((request) => this.app.fetch(request), {
      overrideGlobalObjects: false,
    });
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      const length = Number(request.headers["content-length"] ?? 0);
      if (length > maxBodyBytes && request.url?.split("?", 1)[0] !== "/config") {
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
    const server = ssl ? createTlsServer({ ...this.certificate }, serve) : createServer(serve);
    this.servers.push(server);
    server.listen(socket, backlog);
    await once(server, "listening");
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
  }
}
