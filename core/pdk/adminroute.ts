import type { Row } from "../ports/directory.ts";
import type { Values } from "../schema/index.ts";
import type { SharedDict } from "../ports/shareddict.ts";

/** A request to a plugin's own endpoint of the Admin API. */
export interface AdminRequest {
  /** The path's parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What came in the body, JSON or a form; nothing with GET and DELETE. */
  readonly body: Values;
}

export interface AdminAnswer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What such an endpoint can reach. */
export interface AdminHost {
  /** What plugins keep by `host.responses`; undefined where the Admin API is away from the workers. */
  readonly responses: SharedDict | undefined;
  /**
   * What a worker answers by the `answer` of the plugin's first configuration.
   *
   * @returns Undefined when there is none, or no worker within reach.
   */
  ask(plugin: string, question: unknown): Promise<AdminAnswer | undefined>;
  /** A stored row, by its id. */
  row(entity: string, id: string): Promise<Row | undefined>;
}

export type AdminMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type AdminHandler = (request: AdminRequest, host: AdminHost) => AdminAnswer | Promise<AdminAnswer>;

/** Handlers by path and method. Segments that begin with a colon are parameters. */
export type AdminRoutes = Readonly<Record<string, Partial<Record<AdminMethod, AdminHandler>>>>;
