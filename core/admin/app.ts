import { type Context, Hono } from "hono";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Handler = (context: Context) => Response | Promise<Response>;

export interface AdminAppOptions {
  /** `sallyport/<version>` */
  readonly server: string;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

/** JSON as the Admin API sends it: with the charset that clients of Kong see. */
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
  });

/**
 * The conventions that every endpoint of the Admin API shares: HEAD, OPTIONS, 404, 405, trailing slashes, CORS,
 * latency and server fields.
 */
export class AdminApp {
  private readonly hono = new Hono({ strict: false });
  private readonly options: AdminAppOptions;

  constructor(options: AdminAppOptions) {
    this.options = options;
    this.hono.notFound(() => json({ message: "Not found" }, 404));
    this.hono.onError((error) => {
      options.onError(error);
      return json({ message: "An unexpected error occurred" }, 500);
    });
  }

  /** Adds an endpoint; other methods than the given ones are answered for it. */
  resource(path: string, handlers: Partial<Record<Method, Handler>>): this {
    const allowed = [...Object.keys(handlers), "OPTIONS", ...(handlers.GET ? ["HEAD"] : [])]
      .sort()
      .join(", ");
    for (const [method, handler] of Object.entries(handlers)) this.hono.on(method, path, handler);
    this.hono.on("OPTIONS", path, (context) => {
      const asked = context.req.header("Access-Control-Request-Headers");
      return new Response(null, {
        status: 204,
        headers: {
          Allow: allowed,
          "Access-Control-Allow-Methods": allowed,
          "Access-Control-Allow-Headers": asked ?? "Content-Type",
        },
      });
    });
    this.hono.all(path, () => json({ message: "Method not allowed" }, 405));
    return this;
  }

  async fetch(request: Request): Promise<Response> {
    const { options } = this;
    const startedMs = options.nowMs();
    const answer = await this.hono.fetch(request);
    const response = new Response(request.method === "HEAD" ? null : answer.body, answer);
    const { headers } = response;
    headers.set("Access-Control-Allow-Origin", request.headers.get("Origin") ?? "*");
    headers.set("Access-Control-Allow-Credentials", "true");
    headers.set("Server", options.server);
    headers.set("X-Kong-Admin-Latency", String(Math.max(0, Math.round(options.nowMs() - startedMs))));
    return response;
  }
}
