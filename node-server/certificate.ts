import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { generate } from "selfsigned";
import type { Conf } from "./conf/load.ts";
import type { Certificate } from "./messages.ts";

const validYears = 20;

/**
 * The certificate for TLS clients that no other one fits: the configured one, else a self-signed one that is made
 * once and kept in the prefix.
 */
export const defaultCertificate = async (conf: Conf): Promise<Certificate> => {
  if (conf.sslCert !== undefined && conf.sslCertKey !== undefined) {
    return { cert: readFileSync(conf.sslCert, "utf8"), key: readFileSync(conf.sslCertKey, "utf8") };
  }
  const folder = path.join(conf.prefix, "ssl");
  const certFile = path.join(folder, "sallyport-default.crt");
  const keyFile = path.join(folder, "sallyport-default.key");
  if (!existsSync(certFile) || !existsSync(keyFile)) {
    const notAfterDate = new Date();
    notAfterDate.setFullYear(notAfterDate.getFullYear() + validYears);
    const made = await generate([{ name: "commonName", value: "localhost" }], {
      notAfterDate,
      keyType: "ec",
      extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
    });
    mkdirSync(folder, { recursive: true });
    writeFileSync(keyFile, made.private, { mode: 0o600 });
    chmodSync(keyFile, 0o600);
    writeFileSync(certFile, made.cert);
  }
  return { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
};
