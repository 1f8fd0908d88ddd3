import { string } from "../schema/index.ts";
import type { Exchange } from "./exchange.ts";

/** Of syslog, the most important first: the place is the number. @see RFC 5424 §6.2.1 */
const severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;
type Severity = (typeof severities)[number];

// Errors name them in this order.
const terms = { default: "info", one_of: severities.toReversed() } as const;
const docs = {
  log_level: "Records of less importance are not sent.",
  successful_severity: "The importance of responses below 400.",
  client_errors_severity: "The importance of responses from 400 to 499.",
  server_errors_severity: "The importance of responses from 500.",
} as const;

/** How important records are, in the configuration. */
export const severityFields = {
  log_level: string({ ...terms, doc: docs.log_level }),
  successful_severity: string({ ...terms, doc: docs.successful_severity }),
  client_errors_severity: string({ ...terms, doc: docs.client_errors_severity }),
  server_errors_severity: string({ ...terms, doc: docs.server_errors_severity }),
};

/** The same, none of which may be null. */
export const requiredSeverityFields = {
  log_level: string({ ...terms, required: true, doc: docs.log_level }),
  successful_severity: string({ ...terms, required: true, doc: docs.successful_severity }),
  client_errors_severity: string({ ...terms, required: true, doc: docs.client_errors_severity }),
  server_errors_severity: string({ ...terms, required: true, doc: docs.server_errors_severity }),
};

/** @returns What tells the severity of an exchange, 0 to 7; undefined where it is not important enough. */
export const severityOf = (
  config: Readonly<Record<keyof typeof docs, Severity | null>>,
): ((exchange: Exchange) => number | undefined) => {
  const numberOf = (severity: Severity | null): number => severities.indexOf(severity ?? "info");
  const last = numberOf(config.log_level);
  const [fine, clients, servers] = [
    numberOf(config.successful_severity),
    numberOf(config.client_errors_severity),
    numberOf(config.server_errors_severity),
  ];
  return ({ response: { status } }) => {
    const found = status >= 500 ? servers : status >= 400 ? clients : fine;
    return found > last ? undefined : found;
  };
};
