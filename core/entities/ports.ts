import type { Entity } from "./entity.ts";
import type { PluginSchema, RecordField } from "../schema/index.ts";

/** Judges what only cryptography can judge. Each answers with Kong's message, undefined when all is well. */
export interface CertificateChecker {
  /** A certificate chain in PEM. */
  certificateProblem(pem: string): string | undefined;
  /** A private key in PEM. */
  keyProblem(pem: string): string | undefined;
  /** Whether the key belongs to the certificate: `certificate does not match key`. */
  pairProblem(certificate: string, key: string): string | undefined;
  /** A single CA certificate that has not expired. */
  authorityProblem(pem: string): string | undefined;
  /** Hex SHA-256 of the certificate's DER form; undefined when it can't be told. */
  digest(pem: string): string | undefined;
  /** A JWK as the text of a JSON object. */
  jwkProblem(jwk: string): string | undefined;
  /** A public or private key of a key entity. */
  pemProblem(pem: string, kind: "public" | "private"): string | undefined;
  /** Whether both belong together: `public key does not match private key`. */
  pemPairProblem(privateKey: string, publicKey: string): string | undefined;
}

/** What the schemas of the entities can't know by themselves. */
export interface EntityPorts {
  /** The plugins that rows may name. */
  readonly plugins: Readonly<Record<string, PluginSchema>>;
  /** Entities that plugins bring along: credentials and the like. */
  readonly pluginEntities?: readonly Entity[];
  /** Vaults that rows may name, by name, with the record of their configuration. */
  readonly vaults?: Readonly<Record<string, RecordField>>;
  readonly certificates?: CertificateChecker;
  /** Why the router can't use a route's expression; undefined when it can. Default: every expression is taken. */
  readonly expressionProblem?: (expression: string) => string | undefined;
  /** The router's flavour; it decides about wildcard server names and the route's expression. Default `traditional_compatible`. */
  readonly routerFlavor?: "traditional_compatible" | "traditional" | "expressions";
}
