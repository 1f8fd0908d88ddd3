import { toBase64 } from "../../http/base64.ts";
import type { PluginHost } from "../../pdk/index.ts";
import type { Acme, AcmeAccount } from "../../ports/acme.ts";
import type { KeyValue } from "../../ports/keyvalue.ts";
import type { Config } from "./schema.ts";

/** The key entity that a configuration names. */
const givenKey = async (
  { key_id, key_set }: NonNullable<Config["account_key"]>,
  { directory }: PluginHost,
): Promise<string> => {
  const set = key_set === null ? undefined : await directory.find("key_sets", "name", key_set);
  const keys = await directory.list("keys", "kid", key_id);
  const found = keys.find((key) => (key["set"] as { id: string } | null)?.id === set?.id);
  const pem = found?.["pem"] as { private_key: string | null } | null | undefined;
  const text = pem?.private_key ?? (found?.["jwk"] as string | null | undefined);
  if ((key_set !== null && set === undefined) || text === undefined || text === null)
    throw new Error(`there is no private key ${key_id}${key_set === null ? "" : ` in the set ${key_set}`}`);
  return text;
};

/** The key that is made once and kept. */
const ownKey = async ({ api_uri, account_email }: Config, acme: Acme, storage: KeyValue): Promise<string> => {
  const id = toBase64(new TextEncoder().encode(account_email));
  const key = `kong_acme:account:${api_uri}:${id}`;
  const kept = await storage.get(key);
  if (kept !== undefined) return (JSON.parse(kept) as { key: string }).key;
  const made = await acme.newAccountKey();
  if (await storage.add(key, JSON.stringify({ key: made }))) return made;
  // Another worker was first.
  return ownKey({ api_uri, account_email } as Config, acme, storage);
};

/** Who orders. @throws Error when the key that was named is not there. */
export const accountOf = async (
  config: Config,
  host: PluginHost,
  acme: Acme,
  storage: KeyValue,
): Promise<AcmeAccount> => {
  const { account_key: given, eab_kid: keyId, eab_hmac_key: hmacKey } = config;
  return {
    key: await (given === null ? ownKey(config, acme, storage) : givenKey(given, host)),
    email: config.account_email,
    acceptsTerms: config.tos_accepted === true,
    binding: keyId === null || hmacKey === null ? undefined : { keyId, hmacKey },
  };
};
