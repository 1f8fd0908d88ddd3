import { datastore } from "./properties/datastore.ts";
import { dns } from "./properties/dns.ts";
import { general } from "./properties/general.ts";
import { listeners } from "./properties/listeners.ts";
import { tls } from "./properties/tls.ts";

/** The properties of `sallyport.conf` by chapter. */
export const chapters = {
  General: general,
  "Listeners and requests": listeners,
  TLS: tls,
  Database: datastore,
  DNS: dns,
} as const;

/** Every property, with Kong's names and, where they mean the same, Kong's defaults. */
export const properties = { ...general, ...listeners, ...tls, ...datastore, ...dns };

export type PropertyName = keyof typeof properties;
export type Texts = Readonly<Record<PropertyName, string>>;

export const propertyNames = Object.keys(properties) as PropertyName[];
