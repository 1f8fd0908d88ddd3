import type { Context } from "hono";
import { readConfigRequest } from "../declarative/index.ts";
import type { Tables } from "../store/rows.ts";
import { json } from "./app.ts";
import type { DeclarativeConfiguration } from "./configuration.ts";

/** How the Admin API changes what the gateway serves. */
export interface ConfigurationControl {
  readonly configuration: DeclarativeConfiguration;
  /** Swaps the tables in. When it settles, no new request is served by the old ones. */
  apply(tables: Tables): Promise<void>;
}

/** nginx's page for a media type that Kong refuses before its code sees it. */
const unsupported = (): Response =>
  new Response(
    "<html>\r\n<head><title>415 Unsupported Media Type</title></head>\r\n<body>\r\n<center><h1>415 Unsupported Media Type</h1></center>\r\n</body>\r\n</html>\r\n",
    { status: 415, headers: { "Content-Type": "text/html" } },
  );

/** `GET /config` and `POST /config`: the configuration of a gateway without a database, as a whole. */
export const configResource = (control: ConfigurationControl) => {
  // One after the other: two loads at once would leave the workers on one and the answer on the other.
  let turn: Promise<unknown> = Promise.resolve();

  const replace = async (context: Context): Promise<Response> => {
    const { configuration } = control;
    const request = readConfigRequest(
      context.req.header("Content-Type"),
      new Uint8Array(await context.req.arrayBuffer()),
      new Map(Object.entries(context.req.query())),
    );
    if (!request.ok) return request.body === undefined ? unsupported() : json(request.body, request.status);
    const loaded = configuration.read(request.source, request.flattenErrors);
    if (!loaded.ok) return json(loaded.error, 400);
    if (request.checkHash && loaded.hash === configuration.current?.hash)
      return new Response(null, { status: 304 });
    await control.apply(configuration.tables(loaded));
    configuration.accept(loaded);
    return json(loaded.declared, 201);
  };

  return {
    GET: (): Response => json({ config: control.configuration.exported() }),
    POST: (context: Context): Promise<Response> => {
      const result = turn.then(() => replace(context));
      turn = result.catch(() => undefined);
      return result;
    },
  };
};
