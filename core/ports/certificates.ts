import type { CertificatePair } from "./acme.ts";

/** What the TLS listeners of this worker show beside the certificates of the configuration. */
export interface Certificates {
  /** Whether clients that ask for that name are shown something else than the default certificate. */
  covers(serverName: string): boolean;
  /** Shows a certificate to clients that ask for exactly that name, where the configuration has none that fits. */
  show(serverName: string, pair: CertificatePair): void;
}
