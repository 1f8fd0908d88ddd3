import type { Conf } from "./conf/load.ts";
import { type DeclarativeConfiguration, parseRow, type Row, type Tables } from "../core/index.ts";

/** Where a gateway's Admin API is. */
export interface Remote {
  /** e.g. `http://127.0.0.1:8001` */
  readonly url: string;
  /** What it asks for as a bearer token. */
  readonly token?: string | undefined;
}

const get = async ({ url, token }: Remote, path: string): Promise<Record<string, unknown>> => {
  const response = await fetch(`${url.replace(/\/$/, "")}${path}`, {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}${path} answered ${response.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text) as Record<string, unknown>;
};

type Shown = Record<string, unknown>;

const pages = async function* (remote: Remote, first: string): AsyncGenerator<Shown> {
  let path: string | undefined = first;
  while (path !== undefined) {
    const { data, next }: Record<string, unknown> = await get(remote, path);
    yield* data as Shown[];
    path = typeof next === "string" ? next : undefined;
  }
};

/**
 * Reads the whole configuration of a running gateway through its Admin API.
 *
 * @throws Error when it does not answer, or with something that is no configuration.
 */
export const readRemote = async (
  remote: Remote,
  configuration: DeclarativeConfiguration,
): Promise<Tables> => {
  const { entities, auto } = configuration.context;
  const { configuration: conf } = await get(remote, "/");
  if ((conf as Record<string, unknown>)["database"] === "off") {
    const loaded = configuration.read((await get(remote, "/config"))["config"] as string);
    if (!loaded.ok) throw new Error(`${remote.url}/config: ${loaded.error.message}`);
    return configuration.tables(loaded);
  }
  const tables: Record<string, Record<string, Row>> = {};
  for (const entity of entities.all) {
    const { name, adminName } = entity;
    // Chains answer nothing without WebAssembly, and targets only below their upstream.
    if (adminName === undefined || name === "filter_chains" || name === "targets") continue;
    const table: Record<string, Row> = {};
    for await (const shown of pages(remote, `/${adminName}?size=1000`)) {
      // Names of before stand beside the new ones; the remaining life is no part of a configuration.
      const { ttl: _ttl, ...given } = shown;
      const parsed = parseRow(entity, given, auto);
      if (!parsed.ok) throw new Error(`${remote.url} shows a row of ${name} that is none`);
      const row = parsed.row as Row;
      table[row.id] = row;
    }
    tables[name] = table;
  }
  const targets: Record<string, Row> = {};
  for (const upstream of Object.keys(tables["upstreams"] ?? {}))
    for await (const row of pages(remote, `/upstreams/${upstream}/targets/all?size=1000`))
      targets[String(row["id"])] = row as Row;
  return { ...tables, targets };
};

/** Where the Admin API of a node on this machine is. @throws Error when it has none. */
export const localAdmin = ({ adminListen }: Pick<Conf, "adminListen">): string => {
  const [listener] = adminListen;
  if (listener === undefined) throw new Error("admin_listen is off: say --admin <url>");
  const { host, port, ssl } = listener;
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host;
  return `http${ssl ? "s" : ""}://${reachable}:${port}`;
};
