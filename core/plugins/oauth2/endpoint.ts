import type { Exchange, PluginHost } from "../../pdk/index.ts";
import { type Problem, problem } from "./problem.ts";
import type { Config } from "./schema.ts";

/** What an endpoint works with. */
export interface Authority {
  readonly config: Config;
  readonly host: PluginHost;
  /** Id of the row that holds the configuration. */
  readonly pluginId: string;
}

const insecure = (description: string): Problem => problem("access_denied", description);

/** What is wrong with how a client came: secrets travel by TLS only. @see RFC 6749 §3.1, §3.2 */
export const transportProblem = ({ request }: Exchange, { config, host }: Authority): Problem | undefined => {
  if (request.scheme === "https") return undefined;
  if (!config.accept_http_if_already_terminated || !host.isTrusted(request.connection.peerAddress))
    return insecure("You must use HTTPS");
  const told = request.headers.getAll("x-forwarded-proto").join(",");
  if (told.includes(",")) return insecure("Only one X-Forwarded-Proto header allowed");
  return told.toLowerCase() === "https" ? undefined : insecure("You must use HTTPS");
};

/** Answers in a way that no cache keeps. */
export const tell = (exchange: Exchange, status: number, body: object, challenge?: string): void => {
  const fields: [string, string][] = [
    ["Cache-Control", "no-store"],
    ["Pragma", "no-cache"],
  ];
  if (challenge !== undefined) fields.push(["WWW-Authenticate", challenge]);
  exchange.exit(status, body, fields);
};

export const isGiven = (text: string | undefined): text is string => text !== undefined && text.trim() !== "";
