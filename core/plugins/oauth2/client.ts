import { fromBase64 } from "../../http/base64.ts";
import { equalTexts } from "../../http/secret.ts";
import { type Exchange, type PluginHost, type Row, recordsOf } from "../../pdk/index.ts";
import type { Parameters } from "./parameters.ts";
import { invalidClient, invalidRequest, type Problem } from "./problem.ts";
import type { Config } from "./schema.ts";
import { isOutdated, isSecretOf } from "./secret.ts";

const decoder = new TextDecoder();

/** Who a client says it is. */
export interface Claim {
  readonly id: string | undefined;
  readonly secret: string | undefined;
  /** It came in the header: a refusal asks for another one. */
  readonly isFromHeader: boolean;
}

/** The identity in the body, else in the header, else the bare id of a public client. @see RFC 6749 §2.3.1 */
export const claimOf = ({ request }: Exchange, parameters: Parameters, config: Config): Claim => {
  const id = parameters.text("client_id");
  const secret = parameters.text("client_secret");
  if (id !== undefined && secret !== undefined) return { id, secret, isFromHeader: false };
  const header = request.headers.get(config.auth_header_name ?? "authorization");
  if (header === undefined) return { id, secret: undefined, isFromHeader: false };
  const [, basic] = /\s*[Bb]asic\s*(.+)/.exec(header) ?? [];
  const bytes = basic === undefined ? undefined : fromBase64(basic.trim());
  if (bytes === undefined) return { id: undefined, secret: undefined, isFromHeader: true };
  const text = decoder.decode(bytes);
  const colon = text.indexOf(":");
  return colon < 0
    ? { id: text, secret: undefined, isFromHeader: true }
    : { id: text.slice(0, colon), secret: text.slice(colon + 1), isFromHeader: true };
};

/** The application of that name. */
export const findClient = async (
  { directory }: PluginHost,
  id: string | undefined,
): Promise<Row | undefined> => {
  if (id === undefined || id === "") return undefined;
  return directory.find("oauth2_credentials", "client_id", id);
};

export const redirectUris = (client: Row | undefined): readonly string[] | undefined =>
  (client?.["redirect_uris"] as readonly string[] | null | undefined) ?? undefined;

/** Judges the redirect URI of a request; without one the client's first counts. */
export const redirectOf = (
  parameters: Parameters,
  client: Row | undefined,
): { readonly uri: string | undefined; readonly problem?: Problem } => {
  const allowed = redirectUris(client);
  if (allowed === undefined) return { uri: undefined, problem: invalidClient };
  const asked = parameters.get("redirect_uri") ?? allowed[0];
  if (typeof asked === "string" && allowed.includes(asked)) return { uri: asked };
  const told = "Invalid redirect_uri that does not match with any redirect_uri created with the application";
  return { uri: allowed[0], problem: invalidRequest(told) };
};

/** What is wrong with the secret that a client shows. */
export const secretProblem = async (
  host: PluginHost,
  client: Row,
  { secret }: Claim,
): Promise<Problem | undefined> => {
  if (client["client_type"] === "public") {
    if (secret === undefined || secret.trim() === "") return undefined;
    return invalidRequest("client_secret is disallowed for public clients");
  }
  const kept = client["client_secret"];
  if (typeof kept !== "string" || secret === undefined) return invalidClient;
  if (client["hash_secret"] !== true) return equalTexts(kept, secret) ? undefined : invalidClient;
  if (!(await isSecretOf(host.subtle, kept, secret))) return invalidClient;
  if (isOutdated(kept)) {
    await recordsOf(host)
      .update("oauth2_credentials", client.id, { client_secret: secret, hash_secret: true })
      .catch((error: unknown) => host.logger.log("warn", "a client's secret is not hashed anew", { error }));
  }
  return undefined;
};
