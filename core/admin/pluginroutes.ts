import type { Context } from "hono";
import type { AdminAnswer, AdminHost, AdminMethod, PluginDeclaration } from "../pdk/index.ts";
import type { Row } from "../ports/directory.ts";
import type { SharedDict } from "../ports/shareddict.ts";
import type { Database } from "../store/index.ts";
import { type AdminApp, json } from "./app.ts";
import { readBody } from "./body.ts";

/** What the endpoints of plugins reach beyond the database. */
export interface PluginReach {
  /** @see AdminHost.responses */
  readonly responses?: SharedDict | undefined;
  /** Asks a worker. @see AdminHost.ask */
  readonly ask?: ((plugin: string, question: unknown) => Promise<AdminAnswer | undefined>) | undefined;
}

const bodiless: ReadonlySet<string> = new Set(["GET", "DELETE"]);

/** The endpoints that plugins bring along. */
export const pluginResources = (
  app: AdminApp,
  plugins: readonly PluginDeclaration[],
  database: Database,
  { responses, ask = async () => undefined }: PluginReach,
): void => {
  const host: AdminHost = {
    responses,
    ask,
    row: async (entity, id) => (await database.rows.get(entity, id))?.values as Row | undefined,
  };
  for (const { adminRoutes = {} } of plugins) {
    for (const [path, handlers] of Object.entries(adminRoutes)) {
      const served = Object.entries(handlers).map(([method, handle]) => [
        method as AdminMethod,
        async (context: Context): Promise<Response> => {
          const { req } = context;
          const read = bodiless.has(method) ? undefined : await readBody(context);
          if (read?.ok === false) return read.response;
          const query = new URL(req.url).searchParams;
          const request = { params: req.param(), query, body: read?.values ?? {} };
          const { status, body } = await handle(request, host);
          return json(body, status);
        },
      ]);
      app.resource(path, Object.fromEntries(served) as Parameters<AdminApp["resource"]>[1]);
    }
  }
};
