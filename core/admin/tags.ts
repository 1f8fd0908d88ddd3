import type { Tagging } from "../ports/store.ts";
import { valueProblem } from "../schema/index.ts";
import { type Database, keyOfOffset, offsetAfter, StoreProblem } from "../store/index.ts";
import { schemaViolation } from "../store/index.ts";
import { type AdminApp, json } from "./app.ts";
import { readBody } from "./body.ts";
import { nextPath, sizeOf } from "./listing.ts";
import type { Context } from "hono";

const shown = ({ tag, table, id }: Tagging) => ({ tag, entity_name: table, entity_id: id });

/** `/tags` and `/tags/{tags}`: which rows carry which tags. */
export const tagResources = (app: AdminApp, database: Database): void => {
  const { entities } = database;
  const element = entities.get("services")!.record.record.fields.get("tags")!.elements!;
  const list = async (context: Context, path: string, tag?: string): Promise<Response> => {
    const { size: sizeText, offset } = context.req.query();
    const size = sizeOf(sizeText);
    const key = offset === undefined ? [] : keyOfOffset(offset);
    const [table, id, last] = key ?? [];
    if (key === undefined) return json({ data: [], next: null });
    const found = await database.rows.taggings({
      ...(tag !== undefined && { tag }),
      ...(last !== undefined && { after: { table: table!, id: id!, tag: last } }),
      limit: size + 1,
    });
    const data = found.slice(0, size);
    if (found.length <= size) return json({ data: data.map(shown), next: null });
    const end = data.at(-1)!;
    const next = offsetAfter(end.table, end.id, end.tag);
    return json({
      data: data.map(shown),
      offset: next,
      next: nextPath(path, [
        ["offset", next],
        ["size", sizeText],
      ]),
    });
  };
  app.resource("/tags", {
    GET: (context) => list(context, "/tags"),
    POST: async (context) => {
      const body = await readBody(context);
      if (!body.ok) return body.response;
      throw schemaViolation({ entity_name: "required field missing", tag: "required field missing" });
    },
  });
  app.resource("/tags/:tags", {
    GET: (context) => {
      const tag = context.req.param("tags") ?? "";
      const problem = valueProblem(element, tag);
      if (typeof problem === "string") throw new StoreProblem("invalidUnique", problem, { of: "tag" });
      return list(context, `/tags/${encodeURIComponent(tag)}`, tag);
    },
  });
};
