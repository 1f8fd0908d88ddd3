import type { Row } from "../../pdk/index.ts";
import type { CertificatePair } from "../../ports/acme.ts";
import type { Records } from "../../ports/records.ts";

/** What rows are marked with that came from here. */
const tag = "managed-by-acme";

const certificateOf = (sni: Row): string => (sni["certificate"] as { id: string }).id;
const isOurs = (row: Row | undefined): boolean => (row?.["tags"] as string[] | null)?.includes(tag) === true;

/** Whether the certificate of a name is one that came from here. */
export const isManaged = async (records: Records, name: string): Promise<boolean> => {
  const sni = await records.find("snis", "name", name);
  return sni !== undefined && isOurs(await records.find("certificates", "id", certificateOf(sni)));
};

/** Puts a certificate into the database, in the place of the one that its name had. Every node shows it then. */
export const storeCertificate = async (
  records: Records,
  name: string,
  { chain, key }: CertificatePair,
): Promise<void> => {
  const { id } = await records.insert("certificates", { cert: chain, key, tags: [tag] });
  const sni = await records.find("snis", "name", name);
  if (sni === undefined) {
    await records.insert("snis", { name, certificate: { id }, tags: [tag] });
    return;
  }
  const before = certificateOf(sni);
  await records.update("snis", sni.id, { certificate: { id } });
  if (!isOurs(await records.find("certificates", "id", before))) return;
  const others = (await records.list("snis")).filter((row) => certificateOf(row) === before);
  if (others.length === 0) await records.remove("certificates", before);
};
