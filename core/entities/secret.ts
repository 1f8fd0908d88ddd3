import { isReference } from "../schema/reference.ts";
import { isObject } from "../schema/tree.ts";

/** Reads a variable of the gateway's environment. */
export type Variables = (name: string) => string | undefined;

/** `{vault://vault/resource/key}` taken apart. */
export interface SecretReference {
  readonly vault: string;
  readonly resource: string;
  /** A member of the resource, which is a JSON object then. */
  readonly key: string | undefined;
}

/** @throws TypeError in Kong's words when it is no reference. */
export const readReference = (text: string): SecretReference => {
  const inner = /^\{vault:\/\/([^{}]*)\}$/.exec(text)?.[1];
  if (inner === undefined) throw new TypeError(`not a reference [${text}]`);
  const [vault = "", resource = "", ...rest] = inner.split("?", 1)[0]!.split("/");
  if (vault === "") throw new TypeError(`reference url is missing host [${text}]`);
  if (resource === "") throw new TypeError(`reference url is missing path [${text}]`);
  return { vault, resource, key: rest.length > 0 ? rest.join("/") : undefined };
};

/** A variable, or a member of the JSON object that one holds. Its name is written with `_` and in capitals. */
export const envSecret = (
  { resource, key }: SecretReference,
  prefix: string,
  variables: Variables,
): string | undefined => {
  const value = variables(`${prefix}${resource.replaceAll("-", "_")}`.toUpperCase());
  if (value === undefined || key === undefined) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    const member = isObject(parsed) && Object.hasOwn(parsed, key) ? parsed[key] : undefined;
    return typeof member === "string" ? member : member === undefined ? undefined : JSON.stringify(member);
  } catch {
    return undefined;
  }
};

/** A copy of `value` with `resolve` in place of each reference; the value itself when it has none. */
export const withSecrets = <T>(value: T, resolve: (reference: string) => string): T => {
  if (isReference(value)) return resolve(value) as T;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => withSecrets(item, resolve));
    return items.some((item, i) => item !== value[i]) ? (items as T) : value;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, withSecrets(item, resolve)] as const);
  const isSame = entries.every(([name, item]) => item === (value as Record<string, unknown>)[name]);
  return isSame ? value : (Object.fromEntries(entries) as T);
};

/** A vault of the configuration: it is called by its prefix. */
export interface VaultRow {
  readonly prefix: string;
  readonly name: string;
  readonly config: { readonly prefix?: string | null };
}

/** What a reference stands for: `env` and the vaults of a configuration lead to variables. */
export const secretOf = (
  text: string,
  vaults: Iterable<VaultRow>,
  variables: Variables,
  envPrefix: string,
): string | undefined => {
  const reference = readReference(text);
  if (reference.vault === "env") return envSecret(reference, envPrefix, variables);
  for (const { prefix, name, config } of vaults)
    if (prefix === reference.vault && name === "env")
      return envSecret(reference, config.prefix ?? envPrefix, variables);
  return undefined;
};
