import type { Context } from "hono";
import type { AdminHost, AdminMethod, AdminRequest, PluginDefinition } from "../pdk/index.ts";
import type { Row } from "../ports/directory.ts";
import type { SharedDict } from "../ports/shareddict.ts";
import type { Database } from "../store/index.ts";
import { type AdminApp, json } from "./app.ts";

const requestOf = async ({ req }: Context): Promise<AdminRequest> => ({
  params: req.param(),
  query: new URL(req.url).searchParams,
  body: await req.json().catch(() => undefined),
});

/** The endpoints that plugins bring along. */
export const pluginResources = (
  app: AdminApp,
  plugins: readonly PluginDefinition[],
  database: Database,
  responses: SharedDict | undefined,
): void => {
  const host: AdminHost = {
    responses,
    row: async (entity, id) => (await database.rows.get(entity, id))?.values as Row | undefined,
  };
  for (const { adminRoutes = {} } of plugins) {
    for (const [path, handlers] of Object.entries(adminRoutes)) {
      const served = Object.entries(handlers).map(([method, handle]) => [
        method as AdminMethod,
        async (context: Context): Promise<Response> => {
          const { status, body } = await handle(await requestOf(context), host);
          return json(body, status);
        },
      ]);
      app.resource(path, Object.fromEntries(served) as Parameters<AdminApp["resource"]>[1]);
    }
  }
};
