import type { Texts } from "./properties.ts";
import { isTrue, listOf, msOf } from "./value.ts";

export type ListenerName = "proxy" | "admin" | "status";

/** Certificates and keys in the same order: files, or PEM text. */
export interface CertificateFiles {
  readonly certs: readonly string[];
  readonly keys: readonly string[];
}

export const certificateFiles = (texts: Texts): Readonly<Record<ListenerName, CertificateFiles>> => ({
  proxy: { certs: listOf(texts.ssl_cert), keys: listOf(texts.ssl_cert_key) },
  admin: { certs: listOf(texts.admin_ssl_cert), keys: listOf(texts.admin_ssl_cert_key) },
  status: { certs: listOf(texts.status_ssl_cert), keys: listOf(texts.status_ssl_cert_key) },
});

type Version = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/** How TLS is spoken with clients. */
export interface TlsConf {
  readonly minVersion: Version;
  readonly maxVersion: Version;
  /** Undefined for the runtime's own. */
  readonly ciphers: string | undefined;
  readonly honorCipherOrder: boolean;
  /** A file; undefined for OpenSSL's own parameters. */
  readonly dhparam: string | undefined;
  readonly hasTickets: boolean;
  readonly sessionTimeoutMs: number;
}

// Mozilla's recommendations, version 5.7 (https://ssl-config.mozilla.org).
const tls13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
const intermediate = [
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305",
  "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305",
].join(":");
const old = [
  "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA",
  "ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA",
  "DHE-RSA-AES128-SHA256:DHE-RSA-AES256-SHA256:AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256",
  "AES256-SHA256:AES128-SHA:AES256-SHA:DES-CBC3-SHA:@SECLEVEL=0",
].join(":");

interface Suite {
  readonly minVersion: Version;
  readonly ciphers: string;
  readonly prefersServer: boolean;
}

const suites: Readonly<Record<string, Suite>> = {
  modern: { minVersion: "TLSv1.3", ciphers: tls13, prefersServer: false },
  intermediate: { minVersion: "TLSv1.2", ciphers: `${tls13}:${intermediate}`, prefersServer: false },
  old: { minVersion: "TLSv1", ciphers: `${tls13}:${intermediate}:${old}`, prefersServer: true },
  fips: {
    minVersion: "TLSv1.2",
    ciphers: "TLSv1.2+FIPS:kRSA+FIPS:!eNULL:!aNULL:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
    prefersServer: true,
  },
};

const versions: readonly Version[] = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

export const tlsConf = (texts: Texts): TlsConf => {
  const common = {
    hasTickets: isTrue(texts.ssl_session_tickets),
    sessionTimeoutMs: msOf(texts.ssl_session_timeout),
  };
  const suite = suites[texts.ssl_cipher_suite];
  if (suite !== undefined) {
    const { minVersion, ciphers, prefersServer } = suite;
    return {
      ...common,
      minVersion,
      maxVersion: "TLSv1.3",
      ciphers,
      honorCipherOrder: prefersServer,
      dhparam: undefined,
    };
  }
  const asked = texts.ssl_protocols.split(/\s+/);
  const wanted = versions.filter((version) => asked.includes(version));
  return {
    ...common,
    minVersion: wanted[0] ?? "TLSv1.2",
    maxVersion: wanted.at(-1) ?? "TLSv1.3",
    ciphers: texts.ssl_ciphers,
    honorCipherOrder: isTrue(texts.ssl_prefer_server_ciphers),
    dhparam: texts.ssl_dhparam || undefined,
  };
};
