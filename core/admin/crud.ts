import type { Context } from "hono";
import { type Entity, type Relation, variantOf } from "../entities/index.ts";
import type { StoredRow } from "../ports/store.ts";
import { fromForm, type Values } from "../schema/index.ts";
import { isUuid } from "../schema/rule.ts";
import {
  type Access,
  type Database,
  keyOf,
  referredId,
  select,
  StoreProblem,
  StoreReadOnly,
  type WriteAccess,
} from "../store/index.ts";
import { type AdminApp, json } from "./app.ts";
import { readBody } from "./body.ts";
import type { Keeper, Parent } from "./keeper.ts";
import { list } from "./listing.ts";

type Verb = "create" | "update" | "create or update" | "remove";

const nothing = (): Response => json({ message: "Not found" }, 404);
const gone = (): Response => json(undefined, 204);

/** A form's texts in the types of the entity's fields. */
const typed = (entity: Entity, values: Values, stored?: StoredRow): Values => {
  // Only of plugins Kong looks up the name that a change leaves out.
  const name = entity.name === "plugins" ? stored?.values["name"] : undefined;
  const variant = variantOf(entity, { name, ...values });
  const result = fromForm("record" in variant ? variant.record : entity.record.record, values);
  const { ttl } = result;
  if (entity.ttl && typeof ttl === "string" && /^\d+$/.test(ttl)) result["ttl"] = Number(ttl);
  return result;
};

/** Endpoints that read and write entities, made from their definitions. */
export class Crud {
  private readonly database: Database;
  private readonly keepers: ReadonlyMap<string, Keeper>;

  constructor(database: Database, keepers: ReadonlyMap<string, Keeper>) {
    this.database = database;
    this.keepers = keepers;
  }

  keeper(name: string): Keeper {
    return this.keepers.get(name)!;
  }

  private async write<T>(
    verb: Verb,
    { name, endpointKey }: Entity,
    text: string | undefined,
    work: (access: WriteAccess) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.database.write(work);
    } catch (error) {
      if (!(error instanceof StoreReadOnly)) throw error;
      const by =
        text === undefined || isUuid(text) || endpointKey === undefined ? "" : ` by '${endpointKey}'`;
      throw new StoreProblem(
        "unsupported",
        `cannot ${verb} '${name}' entities${by} when not using a database`,
      );
    }
  }

  private async answer(keeper: Keeper, row: StoredRow, status = 200): Promise<Response> {
    return json(await keeper.show(this.database, row), status);
  }

  private missing({ absentBelow }: Keeper, text: string): Response {
    const body = absentBelow?.(this.database, text);
    return body === undefined ? nothing() : json(body, 404);
  }

  /** Reads a body and hands its values on. */
  private async withBody(
    context: Context,
    entity: Entity,
    work: (given: (stored?: StoredRow) => Values) => Promise<Response>,
  ): Promise<Response> {
    const body = await readBody(context);
    if (!body.ok) return body.response;
    return work((stored) => (body.isForm ? typed(entity, body.values, stored) : body.values));
  }

  private async create(context: Context, keeper: Keeper, forced: Values = {}): Promise<Response> {
    return this.withBody(context, keeper.entity, async (given) => {
      const values = { ...given(), ...forced };
      const row = await this.write("create", keeper.entity, undefined, (access) =>
        keeper.insert(access, values),
      );
      return this.answer(keeper, row, 201);
    });
  }

  private async put(context: Context, keeper: Keeper, text: string, parent?: Parent): Promise<Response> {
    return this.withBody(context, keeper.entity, async (given) => {
      const values = { ...given(), ...(parent && { [parent.field]: { id: parent.id } }) };
      const row = await this.write("create or update", keeper.entity, text, (access) =>
        keeper.upsert(access, text, values, parent),
      );
      return this.answer(keeper, row);
    });
  }

  private async patch(
    context: Context,
    keeper: Keeper,
    text: string,
    find: (access: Access) => Promise<StoredRow | undefined>,
    known: Values = {},
  ): Promise<Response> {
    return this.withBody(context, keeper.entity, async (given) => {
      const row = await this.write("update", keeper.entity, text, async (access) => {
        const stored = await find(access);
        return keeper.change(access, text, stored, { ...known, ...given(stored) });
      });
      return this.answer(keeper, row);
    });
  }

  private async delete(keeper: Keeper, text: string, parent?: Parent): Promise<Response> {
    const row = await keeper.find(this.database, text, parent);
    if (row === undefined || !isChild(row, parent))
      return parent === undefined ? gone() : this.missing(keeper, text);
    await this.write("remove", keeper.entity, text, (access) => keeper.remove(access, row));
    return gone();
  }

  /** `/services` and `/services/{services}` */
  entity(app: AdminApp, entity: Entity): void {
    const keeper = this.keeper(entity.name);
    const path = `/${entity.adminName!}`;
    const { name } = entity;
    app.resource(path, {
      GET: async (context) => {
        const asked = entity.queryKey === undefined ? undefined : context.req.queries(entity.queryKey);
        return asked === undefined
          ? json(await list(this.database, keeper, context, path))
          : this.search(keeper, entity.queryKey!, asked);
      },
      POST: (context) => this.create(context, keeper),
    });
    app.resource(`${path}/:${name}`, {
      GET: async (context) => {
        const text = key(context, name);
        const row = await keeper.find(this.database, text);
        if (row !== undefined) return this.answer(keeper, row);
        const problem = keeper.absent?.(text);
        if (problem !== undefined) throw problem;
        return nothing();
      },
      PUT: (context) => this.put(context, keeper, key(context, name)),
      PATCH: (context) => {
        const text = key(context, name);
        return this.patch(context, keeper, text, (access) => keeper.find(access, text));
      },
      DELETE: (context) => this.delete(keeper, key(context, name)),
    });
  }

  /** The row, if any, with a value of a unique field, as a list. */
  private async search({ entity, show }: Keeper, field: string, asked: readonly string[]): Promise<Response> {
    const [value] = asked;
    if (asked.length !== 1 || value === undefined || value === "")
      return json({ message: `${field} must be an unempty string` }, 400);
    const row = await select(this.database, entity, { field, value });
    return json({ data: row === undefined ? [] : [await show(this.database, row)], next: null });
  }

  /** The row that the parent's part of a path names. */
  async parent(context: Context, { parent: name, field }: Relation): Promise<Parent | undefined> {
    const { entity } = this.keeper(name);
    const row = await select(this.database, entity, keyOf(entity, key(context, name)));
    return row && { field, id: String(row.values[entity.primaryKey]) };
  }

  private within(
    relation: Relation,
    work: (context: Context, parent: Parent) => Promise<Response>,
  ): (context: Context) => Promise<Response> {
    return async (context) => {
      const parent = await this.parent(context, relation);
      return parent === undefined ? nothing() : work(context, parent);
    };
  }

  /** Adds a row that refers to the one above it. */
  createWithin(context: Context, relation: Relation): Promise<Response> {
    const create = this.within(relation, (context, { field, id }) =>
      this.create(context, this.keeper(relation.child), { [field]: { id } }),
    );
    return create(context);
  }

  /** `/services/{services}/routes` and `/services/{services}/routes/{routes}` */
  children(app: AdminApp, relation: Relation): void {
    const { parent: parentName, child: name } = relation;
    const keeper = this.keeper(name);
    const { entity } = keeper;
    const below = entity.adminNestedName ?? entity.adminName ?? name;
    const path = `/${this.keeper(parentName).entity.adminName!}/:${parentName}/${below}`;
    app.resource(path, {
      GET: this.within(relation, async (context, parent) =>
        json(await list(this.database, keeper, context, pathOf(context), parent)),
      ),
      POST: (context) => this.createWithin(context, relation),
    });
    this.items(app, relation, path);
  }

  /** One row below another. */
  items(app: AdminApp, relation: Relation, path: string): void {
    const keeper = this.keeper(relation.child);
    const { name } = keeper.entity;
    const find = async (access: Access, context: Context, parent: Parent): Promise<StoredRow | undefined> => {
      const row = await keeper.find(access, key(context, name), parent);
      return isChild(row, parent) ? row : undefined;
    };
    app.resource(`${path}/:${name}`, {
      GET: this.within(relation, async (context, parent) => {
        const row = await find(this.database, context, parent);
        return row === undefined ? this.missing(keeper, key(context, name)) : this.answer(keeper, row);
      }),
      PUT: this.within(relation, (context, parent) => this.put(context, keeper, key(context, name), parent)),
      PATCH: this.within(relation, async (context, parent) => {
        if ((await find(this.database, context, parent)) === undefined)
          return this.missing(keeper, key(context, name));
        // What a transformation takes beside the changed fields is known here: the parent.
        const known = keeper.entity.transformed === undefined ? {} : { [parent.field]: { id: parent.id } };
        return this.patch(
          context,
          keeper,
          key(context, name),
          (access) => find(access, context, parent),
          known,
        );
      }),
      DELETE: this.within(relation, (context, parent) => this.delete(keeper, key(context, name), parent)),
    });
  }

  /** `/routes/{routes}/service`: the row that a reference leads to. */
  reference(app: AdminApp, { child: name, field, parent: parentName }: Relation): void {
    const keeper = this.keeper(name);
    const other = this.keeper(parentName);
    const path = `/${keeper.entity.adminName!}/:${name}/${field}`;
    const follow = async (context: Context): Promise<{ child: StoredRow; id: string | null } | undefined> => {
      const child = await keeper.find(this.database, key(context, name));
      return child && { child, id: referredId(child.values, field) };
    };
    app.resource(path, {
      GET: async (context) => {
        const id = (await follow(context))?.id;
        const row = id ? await other.find(this.database, id) : undefined;
        return row === undefined ? nothing() : this.answer(other, row);
      },
      PUT: async (context) => {
        const found = await follow(context);
        if (found === undefined) return nothing();
        if (found.id !== null) return this.put(context, other, found.id);
        return this.withBody(context, other.entity, async (given) => {
          const row = await this.write("create", other.entity, undefined, async (access) => {
            const made = await other.insert(access, given());
            const id = made.values[other.entity.primaryKey];
            const own = String(found.child.values[keeper.entity.primaryKey]);
            await keeper.change(access, own, found.child, { [field]: { id } });
            return made;
          });
          return this.answer(other, row);
        });
      },
      PATCH: async (context) => {
        const id = (await follow(context))?.id;
        if (!id) return nothing();
        return this.patch(context, other, id, (access) => other.find(access, id));
      },
      DELETE: async (context) =>
        (await follow(context))?.id ? json({ message: "Method not allowed" }, 405) : nothing(),
    });
  }
}

/** The path that was asked for, as it was written. */
const pathOf = (context: Context): string => new URL(context.req.url).pathname.replace(/\/$/, "");

const key = (context: Context, name: string): string => context.req.param(name) ?? "";

const isChild = (row: StoredRow | undefined, parent: Parent | undefined): boolean =>
  row !== undefined && (parent === undefined || referredId(row.values, parent.field) === parent.id);
