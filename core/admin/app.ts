import { type Context, Hono } from "hono";
import { StoreProblem } from "../store/index.ts";
import { RowUnknown } from "./keeper.ts";
import type { Endpoint } from "./openapi.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Handler = (context: Context) => Response | Promise<Response>;

export interface AdminAppOptions {
  /** `sallyport/<version>` */
  readonly server: string;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
  /** What clients have to show as `Authorization: Bearer <token>`. */
  readonly token?: string;
}

/** The path as it was sent, encoded; one slash at its end means nothing. */
const pathOf = ({ url }: Request): string => {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  const end = url.slice(start).search(/[?#]/);
  const path = end < 0 ? url.slice(start) : url.slice(start, start + end);
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
};

/** JSON as the Admin API sends it: with the charset that clients of Kong see. */
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: status === 204 ? headers : { "Content-Type": "application/json; charset=utf-8", ...headers },
  });

/**
 * The conventions that every endpoint of the Admin API shares: HEAD, OPTIONS, 404, 405, trailing slashes, CORS,
 * latency and server fields.
 */
export class AdminApp {
  private readonly hono = new Hono({ strict: true, getPath: pathOf });
  /** Every path with its parameters in braces, and its methods. */
  readonly endpoints: Endpoint[] = [];
  private readonly options: AdminAppOptions;

  constructor(options: AdminAppOptions) {
    this.options = options;
    this.hono.notFound(() => json({ message: "Not found" }, 404));
    this.hono.onError((error) => {
      if (error instanceof StoreProblem) return json(error.body, error.status);
      if (error instanceof RowUnknown) return json({ message: error.message }, 404);
      options.onError(error);
      return json({ message: "An unexpected error occurred" }, 500);
    });
  }

  /** Adds an endpoint that answers whatever is asked of it with the same refusal. */
  shut(path: string, refuse: () => Response): this {
    this.resource(path, { GET: refuse, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse });
    this.endpoints.push({ ...this.endpoints.pop()!, isShut: true });
    return this;
  }

  /** Adds an endpoint; other methods than the given ones are answered for it. */
  resource(path: string, handlers: Partial<Record<Method, Handler>>): this {
    const allowed = [...Object.keys(handlers), "OPTIONS", ...(handlers.GET ? ["HEAD"] : [])]
      .sort()
      .join(", ");
    this.endpoints.push({ path: path.replace(/:(\w+)/g, "{$1}"), methods: Object.keys(handlers) });
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
    this.hono.all(path, () => json({ message: "Method not allowed" }, 405, { Allow: allowed }));
    return this;
  }

  async fetch(request: Request): Promise<Response> {
    const { options } = this;
    const startedMs = options.nowMs();
    const answer = request.url.includes("%00")
      ? json({ message: "Bad request: a NUL character stands in the address" }, 400)
      : options.token === undefined || isBearer(request, options.token)
        ? await this.hono.fetch(request)
        : unauthorized();
    const response = new Response(request.method === "HEAD" ? null : answer.body, answer);
    const { headers } = response;
    headers.set("Access-Control-Allow-Origin", request.headers.get("Origin") ?? "*");
    headers.set("Access-Control-Allow-Credentials", "true");
    headers.set("Server", options.server);
    headers.set("X-Kong-Admin-Latency", String(Math.max(0, Math.round(options.nowMs() - startedMs))));
    return response;
  }
}

/** What who shows no token, or a wrong one, is told. */
export const unauthorized = (): Response =>
  json({ message: "Unauthorized" }, 401, { "WWW-Authenticate": "Bearer" });

/** Whether a request shows the token. */
export const isBearer = ({ headers }: Request, token: string): boolean =>
  isSame(headers.get("Authorization") ?? "", `Bearer ${token}`);

/** Compares secrets in a time that does not tell where they differ. */
const isSame = (a: string, b: string): boolean => {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
};
