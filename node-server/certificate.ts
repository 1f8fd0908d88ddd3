import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Conf } from "./conf/load.ts";
import type { CertificateFiles, ListenerName } from "./conf/tls.ts";
import type { Certificate } from "./messages.ts";

const validYears = 20;

/** PEM text stands for itself. */
const pemOf = (fileOrText: string): string =>
  fileOrText.includes("-----BEGIN") ? fileOrText : readFileSync(fileOrText, "utf8");

const selfSigned = async (prefix: string): Promise<Certificate> => {
  const folder = path.join(prefix, "ssl");
  const certFile = path.join(folder, "sallyport-default.crt");
  const keyFile = path.join(folder, "sallyport-default.key");
  if (!existsSync(certFile) || !existsSync(keyFile)) {
    // 210 modules, for the first start.
    const { generate } = await import("selfsigned");
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

const read = ({ certs, keys }: CertificateFiles): Certificate[] =>
  certs.map((cert, i) => ({ cert: pemOf(cert), key: pemOf(keys[i]!) }));

/**
 * The certificates for TLS clients of a listener that no other one fits: the configured ones, else a self-signed one
 * that is made once and kept in the prefix. None when nothing listens for TLS.
 */
export const defaultCertificates = async (conf: Conf, name: ListenerName): Promise<Certificate[]> => {
  const addresses = { proxy: conf.proxyListen, admin: conf.adminListen, status: conf.statusListen }[name];
  if (!addresses.some(({ ssl }) => ssl)) return [];
  const configured = read(conf.certificates[name]);
  return configured.length > 0 ? configured : [await selfSigned(conf.prefix)];
};
