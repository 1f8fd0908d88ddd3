import path from "node:path";
import { envSecret, isReference, readReference } from "../../core/index.ts";
import { confFile, type Layer, readLayer } from "./file.ts";
import { properties, type PropertyName, propertyNames, type Texts } from "./properties.ts";
import type { Property } from "./property.ts";
import { listOf } from "./value.ts";

export interface ConfSources {
  /** A file that was asked for; it has to exist. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Properties given on the command line. */
  readonly overrides?: Partial<Record<PropertyName, string>>;
  /** What goes before the defaults only: what a running node was started with. */
  readonly lowest?: Layer | undefined;
}

/** Every property as text, paths absolute, and what is to be said about them. */
export interface Gathered {
  /** The file that was read. */
  readonly file: string | undefined;
  readonly texts: Texts;
  readonly warnings: readonly string[];
}

/** Names that Kong gave up, and what they are called now. */
const renamed: Readonly<Record<string, PropertyName>> = {
  nginx_main_user: "nginx_user",
  nginx_main_daemon: "nginx_daemon",
  nginx_main_worker_processes: "nginx_worker_processes",
  nginx_proxy_real_ip_header: "real_ip_header",
  nginx_proxy_real_ip_recursive: "real_ip_recursive",
  client_max_body_size: "nginx_http_client_max_body_size",
  nginx_proxy_client_max_body_size: "nginx_http_client_max_body_size",
  nginx_http_client_body_buffer_size: "client_body_buffer_size",
  nginx_upstream_keepalive: "upstream_keepalive_pool_size",
  nginx_upstream_keepalive_requests: "upstream_keepalive_max_requests",
  nginx_upstream_keepalive_timeout: "upstream_keepalive_idle_timeout",
};

const prefixes = ["SALLYPORT_", "KONG_"];

const environmentLayers = (environment: ConfSources["environment"]): Layer[] =>
  prefixes.map((prefix) => ({
    base: process.cwd(),
    values: new Map(
      Object.entries(environment).flatMap(([name, value]) =>
        name.startsWith(prefix) && value ? [[name.slice(prefix.length).toLowerCase(), value]] : [],
      ),
    ),
  }));

const absolute = ({ type }: Property, text: string, base: string): string => {
  const isKept: boolean = text === "" || isReference(text);
  if (isKept) return text;
  if (type === "path") return path.resolve(base, text);
  // PEM text may stand in place of a file.
  return type === "paths" && !text.includes("-----BEGIN")
    ? listOf(text)
        .map((file) => path.resolve(base, file))
        .join(",")
    : text;
};

const isForeign = (name: string): boolean =>
  /^(?:nginx_(?!main_|http_|proxy_|upstream_|admin_|worker_|user|daemon)|vault_(?!env_prefix)|pluginserver_)/.test(
    name,
  );

const unknownWarning = (name: string): string =>
  name.startsWith("nginx_")
    ? `${name} has no effect: there is no nginx here`
    : isForeign(name)
      ? `${name} has no effect`
      : `${name} is no property`;

/**
 * Command line, then `SALLYPORT_*`, then `KONG_*`, then the file, then defaults. Relative paths in a file are relative
 * to the file.
 *
 * @throws Error when the file is missing.
 */
export const gather = ({ file, environment, overrides = {}, lowest }: ConfSources): Gathered => {
  const found = confFile(file);
  const layers: Layer[] = [
    { base: process.cwd(), values: new Map(Object.entries(overrides)) },
    ...environmentLayers(environment),
    ...(found === undefined ? [] : [readLayer(found)]),
    ...(lowest === undefined ? [] : [lowest]),
  ];
  const warnings = new Set<string>();
  const written = new Map<string, { readonly text: string; readonly base: string }>();
  for (const { values, base } of layers)
    for (const [given, text] of values) {
      const name = renamed[given] ?? given;
      if (name !== given) warnings.add(`${given} is called ${name}`);
      if (text !== "" && !written.has(name)) written.set(name, { text, base });
    }
  const texts = {} as Record<PropertyName, string>;
  for (const name of propertyNames) {
    const property: Property = properties[name];
    const { text, base } = written.get(name) ?? { text: property.default, base: process.cwd() };
    texts[name] = absolute(property, text, base);
    if (property.instead !== undefined && text !== property.default)
      warnings.add(`${name} has no effect: ${property.instead}`);
  }
  const { base = process.cwd() } = written.get("plugins") ?? {};
  texts.plugins = listOf(texts.plugins)
    .map((name) => (/^\.{0,2}\//.test(name) ? path.resolve(base, name) : name))
    .join(", ");
  const inner = new Set(["in_background", "hammer"]);
  for (const name of written.keys())
    if (!(name in properties) && !inner.has(name)) warnings.add(unknownWarning(name));
  return { file: found && path.resolve(found), texts, warnings: [...warnings] };
};

/** What a reference stands for. @throws Error in Kong's words. */
export const secretOf = (
  reference: string,
  { vaults, vault_env_prefix: prefix }: Pick<Texts, "vaults" | "vault_env_prefix">,
  environment: ConfSources["environment"],
): string => {
  const read = readReference(reference);
  const isEnabled = listOf(vaults).some((name) => name === "bundled" || name === "env");
  if (read.vault !== "env" || !isEnabled) throw new Error(`could not find vault (${read.vault})`);
  const value = envSecret(read, prefix, (name) => environment[name]);
  if (value === undefined) throw new Error("could not get value from external vault (no value found)");
  return value;
};

/** The texts with what their references stand for. @throws AggregateError with every reference that stands for nothing. */
export const withConfSecrets = (texts: Texts, environment: ConfSources["environment"]): Texts => {
  const problems: Error[] = [];
  const resolved: Record<string, string> = { ...texts };
  for (const name of propertyNames) {
    if (!isReference(texts[name])) continue;
    try {
      resolved[name] = secretOf(texts[name], texts, environment);
    } catch (error) {
      problems.push(
        new Error(
          `failed to dereference '${texts[name]}': ${(error as Error).message} for config option '${name}'`,
        ),
      );
    }
  }
  if (problems.length > 0) throw new AggregateError(problems);
  return resolved as Texts;
};
