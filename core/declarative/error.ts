import { pretty } from "../schema/index.ts";
import type { ErrorFields } from "../schema/index.ts";
import type { FlatError } from "./flatten.ts";

/** The answer to a configuration that can't be loaded, as it goes out in JSON. */
export interface ConfigError {
  readonly code: 14;
  readonly name: "invalid declarative configuration";
  readonly message: string;
  /** The problems in the document's shape; `error` when it could not even be read. */
  readonly fields: ErrorFields;
  readonly flattened_errors?: readonly FlatError[] | Record<string, never>;
}

export const configError = (fields: ErrorFields): ConfigError => ({
  code: 14,
  name: "invalid declarative configuration",
  message: `declarative config is invalid: ${pretty(fields)}`,
  fields,
});
