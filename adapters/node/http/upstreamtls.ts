import { isIP } from "node:net";
import { type ConnectionOptions, type PeerCertificate, type SecureContext, type TLSSocket } from "node:tls";
import { checkServerIdentity, connect, createSecureContext } from "node:tls";

import type { UpstreamTls } from "../../../core/index.ts";

/** TLS to one upstream under one identity. Sessions are resumed. */
export class TlsDialer {
  private readonly terms: UpstreamTls;
  private readonly protocol: "h2" | "http/1.1";
  private context: SecureContext | undefined = undefined;
  private session: Buffer | undefined = undefined;

  constructor(terms: UpstreamTls, protocol: "h2" | "http/1.1") {
    this.terms = terms;
    this.protocol = protocol;
  }

  /** Begins a connection. @throws Error when roots, certificate or key are unusable. */
  dial(ip: string, port: number): TLSSocket {
    const { roots, certificate, serverName, verify } = this.terms;
    this.context ??= createSecureContext({
      minVersion: "TLSv1.2",
      ...(roots !== undefined && { ca: [...roots] }),
      ...(certificate !== undefined && { cert: certificate.chain, key: certificate.key }),
    });
    const options: ConnectionOptions = {
      host: ip,
      port,
      secureContext: this.context,
      ALPNProtocols: [this.protocol],
      rejectUnauthorized: verify ?? false,
      checkServerIdentity: (_host, peer) => this.check(peer),
      // SNI names hosts only (RFC 6066 §3).
      ...(isIP(serverName) === 0 && { servername: serverName }),
      ...(this.session !== undefined && { session: this.session }),
    };
    const socket = connect(Object.assign(options, { allowHalfOpen: true }));
    socket.setNoDelay(true);
    socket.on("session", (session: Buffer) => {
      this.session = session;
    });
    return socket;
  }

  private check(peer: PeerCertificate): Error | undefined {
    const { serverName, verifyDepth } = this.terms;
    const wrong = checkServerIdentity(serverName, peer);
    if (wrong !== undefined || verifyDepth === undefined) return wrong;
    return intermediates(peer) > verifyDepth ? new Error("the certificate chain is too long") : undefined;
  }
}

/** Certificates between the leaf and its root. */
function intermediates(leaf: PeerCertificate): number {
  let count = 0;
  let at = leaf;
  while ("issuerCertificate" in at) {
    const issuer: unknown = at.issuerCertificate;
    if (!isCertificate(issuer) || issuer === at || issuer.fingerprint256 === at.fingerprint256) break;
    at = issuer;
    count++;
  }
  return Math.max(0, count - 1);
}

const isCertificate = (value: unknown): value is PeerCertificate =>
  typeof value === "object" && value !== null && "fingerprint256" in value;
