import type { ExplainedRequest, RouteRequest } from "../../core/index.ts";
import { HeaderList, readTables } from "../../core/index.ts";
import { load } from "./config.ts";
import { CommandError } from "./failure.ts";
import type { ConfOptions } from "./opened.ts";
import { say } from "./output.ts";
import { currentTables } from "./plan.ts";
import { openWorkbench } from "./workbench.ts";

export interface ExplainOptions extends ConfOptions {
  readonly header?: readonly string[];
  /** A declarative file in place of what is configured. */
  readonly file?: string;
  readonly admin?: string;
}

const requestOf = (method: string, text: string, headers: readonly string[]): RouteRequest => {
  const url = URL.parse(text.includes("://") ? text : `http://localhost${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new CommandError(`no URL: ${text}`);
  const list = HeaderList.from(
    headers.map((field): [string, string] => {
      const colon = field.indexOf(":");
      if (colon <= 0) throw new CommandError(`no header: ${field}`);
      return [field.slice(0, colon).trim(), field.slice(colon + 1).trim()];
    }),
  );
  list.setIfAbsent("Host", url.host);
  const isSecure = url.protocol === "https:";
  return {
    method: method.toUpperCase(),
    target: `${url.pathname}${url.search}`,
    host: list.get("host"),
    scheme: isSecure ? "https" : "http",
    sni: isSecure ? url.hostname : undefined,
    peerAddress: "127.0.0.1",
    peerPort: 50_000,
    localAddress: "127.0.0.1",
    localPort: Number(url.port) || (isSecure ? 443 : 80),
    headers: list,
  };
};

const lines = ({ path, host, port, considered, winner, reason, plugins }: ExplainedRequest): string[] => {
  const found: string[] = [`path ${path}, host ${host}, port ${port}`];
  for (const { value, matched, conditions } of considered) {
    found.push(`${matched ? "+" : "-"} route ${value.route.name ?? value.route.id}`);
    for (const { kind, holds, wanted, got } of conditions)
      found.push(`    ${holds ? "+" : "-"} ${kind}: wants ${wanted}, got ${got}`);
  }
  if (winner === undefined) return [...found, "no route matches"];
  const { route, service } = winner.value;
  const why = reason === undefined ? "" : `, because ${reason}`;
  found.push(`taken: route ${route.name ?? route.id}${why}`);
  if (service !== undefined)
    found.push(
      `service ${service.name ?? service.id}: ${service.protocol}://${service.host}:${service.port}`,
    );
  return [...found, `plugins: ${plugins.length > 0 ? plugins.join(", ") : "none"}`];
};

/** `sallyport explain METHOD URL`: which route a request takes and why; exit code 2 when none matches. */
export const explain = async (method: string, url: string, options: ExplainOptions): Promise<void> => {
  const request = requestOf(method, url, options.header ?? []);
  const workbench = await openWorkbench(options);
  try {
    const { conf, configuration, database, gateway, tables } = workbench;
    const served =
      options.file !== undefined
        ? load(configuration, options.file)
        : options.admin !== undefined
          ? await currentTables(conf, configuration, options.admin)
          : conf.database === "off"
            ? tables
            : await readTables(database);
    gateway.prepare(served)();
    const explained = gateway.explain(request);
    for (const line of lines(explained)) say(line);
    if (explained.winner === undefined) process.exitCode = 2;
  } finally {
    await workbench.close();
  }
};
