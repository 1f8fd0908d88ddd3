import { constants } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TlsTerms } from "../adapters/node/index.ts";
import type { TlsConf } from "./conf/tls.ts";

/** How a listener speaks TLS, as Node is told it. */
export const tlsTerms = ({ dhparam, hasTickets, sessionTimeoutMs, ...terms }: TlsConf): TlsTerms => ({
  ...terms,
  dhparam: dhparam === undefined ? "auto" : readFileSync(dhparam, "utf8"),
  sessionTimeout: Math.ceil(sessionTimeoutMs / 1000),
  ...(!hasTickets && { secureOptions: constants.SSL_OP_NO_TICKET }),
});
