import type { ServerCertificate } from "../adapters/node/index.ts";
import { type Tables, withSecrets } from "../core/index.ts";

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/**
 * The certificates of a configuration with the names that they are shown for (`certificates` and `snis`).
 *
 * @param resolve Tells what a reference to a secret stands for.
 */
export const serverCertificates = (
  tables: Tables,
  resolve: (reference: string) => string,
): ServerCertificate[] => {
  const names = new Map<string, string[]>();
  for (const sni of Object.values(tables["snis"] ?? {})) {
    const { id } = sni["certificate"] as { id: string };
    const name = text(sni["name"]);
    if (name !== undefined) names.set(id, [...(names.get(id) ?? []), name]);
  }
  return Object.values(tables["certificates"] ?? {}).flatMap((stored): ServerCertificate[] => {
    const row = withSecrets(stored, resolve);
    const shownFor = names.get(row.id);
    if (shownFor === undefined) return [];
    const pairs = [
      { chain: text(row["cert"]), key: text(row["key"]) },
      { chain: text(row["cert_alt"]), key: text(row["key_alt"]) },
    ];
    const usable = pairs.flatMap(({ chain, key }) =>
      chain === undefined || key === undefined ? [] : { chain, key },
    );
    return [{ names: shownFor, pairs: usable }];
  });
};
