import { type SecureContext, type SecureContextOptions, type Server, createSecureContext } from "node:tls";
import type { Certificates } from "../../../core/index.ts";

/** A certificate chain with its key, PEM. */
export interface KeyPair {
  readonly chain: string;
  readonly key: string;
}

/** What is shown to clients that ask for one of `names`. */
export interface ServerCertificate {
  /** `a.test`, `*.test`, `a.*`, or `*` for every name. */
  readonly names: readonly string[];
  /** One pair, or one for each algorithm (RSA, ECDSA): the client's abilities decide. */
  readonly pairs: readonly KeyPair[];
}

/** Protocols and ciphers; what is not given is Node's default. */
export type TlsTerms = Pick<
  SecureContextOptions,
  | "minVersion"
  | "maxVersion"
  | "ciphers"
  | "ecdhCurve"
  | "dhparam"
  | "honorCipherOrder"
  | "sessionTimeout"
  | "ticketKeys"
  | "secureOptions"
>;

/**
 * The certificates of listeners, found by the name that a client asks for, in Kong's order: the exact name,
 * `*.rest`, `prefix.*`, `*`, what plugins found, then the default. They can be replaced at any time; a connection keeps its own.
 */
export class CertificateStore implements Certificates {
  private readonly terms: TlsTerms;
  private byName = new Map<string, ServerCertificate>();
  /** What plugins found for names that the configuration has nothing for. */
  private readonly found = new Map<string, ServerCertificate>();
  private fallback: ServerCertificate;
  /** Contexts cost a millisecond to make: each certificate has one, made when it is first wanted. */
  private readonly contexts = new WeakMap<ServerCertificate, SecureContext>();
  private readonly servers = new Set<WeakRef<Server>>();

  /** @param fallback Shown when no name fits, or none is told. */
  constructor(fallback: ServerCertificate, terms: TlsTerms = {}) {
    this.fallback = fallback;
    this.terms = terms;
  }

  /** Puts other certificates in place of all. @param fallback undefined keeps the default as it is. */
  replace(certificates: readonly ServerCertificate[], fallback?: ServerCertificate): void {
    const byName = new Map<string, ServerCertificate>();
    for (const certificate of certificates)
      for (const name of certificate.names) byName.set(name.toLowerCase(), certificate);
    this.byName = byName;
    if (fallback !== undefined) this.fallback = fallback;
    for (const reference of this.servers) {
      const server = reference.deref();
      if (server === undefined) this.servers.delete(reference);
      else server.setSecureContext(this.optionsFor(this.find(undefined)));
    }
  }

  /** Makes `server` show what clients get that name no host, now and after every {@link replace}. */
  serve(server: Server): void {
    this.servers.add(new WeakRef(server));
    server.setSecureContext(this.optionsFor(this.find(undefined)));
  }

  find(serverName: string | undefined): ServerCertificate {
    const { byName } = this;
    if (serverName === undefined || serverName === "") return byName.get("*") ?? this.fallback;
    const name = serverName.toLowerCase();
    const first = name.indexOf(".");
    const last = name.lastIndexOf(".");
    return (
      byName.get(name) ??
      (first < 0 ? undefined : byName.get(`*${name.slice(first)}`)) ??
      (last < 0 ? undefined : byName.get(`${name.slice(0, last)}.*`)) ??
      byName.get("*") ??
      this.found.get(name) ??
      this.fallback
    );
  }

  covers(serverName: string): boolean {
    return this.find(serverName) !== this.fallback;
  }

  show(serverName: string, pair: KeyPair): void {
    const name = serverName.toLowerCase();
    this.found.set(name, { names: [name], pairs: [pair] });
  }

  /** @throws Error when a certificate and its key are unusable. */
  contextFor(serverName: string | undefined): SecureContext {
    const certificate = this.find(serverName);
    let context = this.contexts.get(certificate);
    if (context === undefined) {
      context = createSecureContext(this.optionsFor(certificate));
      this.contexts.set(certificate, context);
    }
    return context;
  }

  private optionsFor({ pairs }: ServerCertificate): SecureContextOptions {
    return { ...this.terms, cert: pairs.map(({ chain }) => chain), key: pairs.map(({ key }) => key) };
  }
}
