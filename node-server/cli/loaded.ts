import { existsSync } from "node:fs";
import path from "node:path";
import { type Conf, loadConf } from "../conf/load.ts";
import { properties, type PropertyName, propertyNames } from "../conf/properties.ts";
import type { Property } from "../conf/property.ts";
import { environmentLayer } from "../prefix.ts";
import { version } from "../version.ts";
import { debug, verbose } from "./output.ts";

/** What every command that works with a node's configuration takes. */
export interface ConfOptions {
  readonly conf?: string;
  readonly prefix?: string;
  /** Seconds. */
  readonly dbTimeout?: string;
}

const hidden = "******";

/**
 * The configuration that the options name. Without a file, a prefix that a node runs in says what it was started with.
 *
 * @throws ConfError with every problem.
 */
export const loadedConf = ({ conf: file, prefix, dbTimeout }: ConfOptions): Conf => {
  verbose(`Sallyport: ${version}`);
  debug(`Node: ${process.versions.node}`);
  const kept = prefix === undefined ? undefined : environmentLayer(path.resolve(prefix));
  const from = file ?? (kept?.file !== undefined && existsSync(kept.file) ? kept.file : undefined);
  if (from !== undefined) verbose(`reading config file at ${from}`);
  debug("reading environment variables");
  const conf = loadConf({
    file: from,
    environment: process.env,
    lowest: kept,
    overrides: {
      ...(prefix !== undefined && { prefix: path.resolve(prefix) }),
      ...(dbTimeout !== undefined && { pg_timeout: String(Number(dbTimeout) * 1000) }),
    },
  });
  verbose(`prefix in use: ${conf.prefix}`);
  for (const name of [...propertyNames].sort()) tellProperty(conf, name);
  return conf;
};

const tellProperty = ({ texts }: Conf, name: PropertyName): void => {
  const property: Property = properties[name];
  const upper = name.toUpperCase();
  for (const variable of [`SALLYPORT_${upper}`, `KONG_${upper}`]) {
    const value = process.env[variable];
    if (value) debug(`${variable} ENV found with "${property.isSecret ? hidden : value}"`);
  }
  debug(`${name} = ${property.isSecret && texts[name] !== "" ? hidden : JSON.stringify(texts[name])}`);
};
