import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { ListenAddress } from "./conf/listeners.ts";

/** A body larger than this is refused, as Kong's Admin API does. */
const maxBodyBytes = 10 * 1024 * 1024;

/** The Admin API on sockets. */
export class AdminListener {
  private readonly app: { fetch(request: Request): Promise<Response> };
  private readonly servers: Server[] = [];

  constructor(app: { fetch(request: Request): Promise<Response> }) {
    this.app = app;
  }

  listen({ host, port, backlog }: ListenAddress): Promise<void> {
    const respond = getRequestListener((request) => this.app.fetch(request), {
      overrideGlobalObjects: false,
    });
    const server = createServer((request, response) => {
      const length = Number(request.headers["content-length"] ?? 0);
      if (length > maxBodyBytes && request.url?.split("?", 1)[0] !== "/config") {
        response.writeHead(413).end();
        return;
      }
      void respond(request, response);
    });
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, ...(backlog !== undefined && { backlog }) }, () => {
        server.off("error", reject);
        resolve();
      });
    });
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
