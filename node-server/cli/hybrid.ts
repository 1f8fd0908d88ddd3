import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { generate } from "selfsigned";
import { CommandError } from "./failure.ts";
import { say } from "./output.ts";

/** `sallyport hybrid gen_cert [cert key]`: a certificate for TLS between nodes. Nothing is overwritten. */
export const generateCertificate = async (
  cert: string | undefined,
  key: string | undefined,
  { days }: { readonly days: string },
): Promise<void> => {
  if ((cert === undefined) !== (key === undefined))
    throw new CommandError("both cert and key path needs to be provided");
  const validDays = Number(days);
  if (!Number.isInteger(validDays) || validDays < 1)
    throw new CommandError("days must be a number of at least 1");
  const certFile = path.resolve(cert ?? "cluster.crt");
  const keyFile = path.resolve(key ?? "cluster.key");
  for (const file of [certFile, keyFile])
    if (existsSync(file)) throw new CommandError(`${file} already exists.\nWill not overwrite it.`);
  const notAfterDate = new Date();
  notAfterDate.setDate(notAfterDate.getDate() + validDays);
  const made = await generate([{ name: "commonName", value: "kong_clustering" }], {
    notAfterDate,
    keyType: "ec",
    curve: "P-384",
  });
  writeFileSync(keyFile, made.private, { flag: "wx", mode: 0o600 });
  writeFileSync(certFile, made.cert, { flag: "wx", mode: 0o644 });
  say(
    `Successfully generated certificate/key pairs, they have been written to: '${certFile}' and '${keyFile}'.`,
  );
};
