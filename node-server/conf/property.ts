/** How the text of a property is read. */
export type PropertyType =
  | "string"
  | "list"
  | "boolean"
  | "integer"
  | "number"
  /** A number with `k`, `m` or `g`. */
  | "size"
  /** Seconds, or a number with `ms`, `s`, `m`, `h` or `d`. */
  | "time"
  | "listeners"
  /** A file: relative to the file that names it. */
  | "path"
  /** Such files. */
  | "paths";

export interface Property {
  readonly type: PropertyType;
  /** As it would stand in the file. */
  readonly default: string;
  readonly doc: string;
  /** The values allowed; of a list, those of each entry. */
  readonly oneOf?: readonly string[];
  /** Never shown. */
  readonly isSecret?: boolean;
  /** What a number counts. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** It is read and has no effect: what to do instead. */
  readonly instead?: string;
}

/** Properties of Kong that have no effect here, with Kong's defaults: clients read their types on the Admin API. */
export const unused = <const T extends Readonly<Record<string, string | number | boolean>>>(
  instead: string,
  defaults: T,
): { readonly [K in keyof T]: Property } =>
  Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      {
        type: typeof value as PropertyType,
        default: typeof value === "boolean" ? (value ? "on" : "off") : String(value),
        doc: "No effect.",
        instead,
      } satisfies Property,
    ]),
  ) as { readonly [K in keyof T]: Property };
