import { type Exchange, type Row, recordsOf } from "../../pdk/index.ts";
import { claimOf, findClient, redirectOf, secretProblem } from "./client.ts";
import { type Authority, isGiven, tell, transportProblem } from "./endpoint.ts";
import { type Parameters, parametersOf } from "./parameters.ts";
import { isProofNeeded, proofProblem } from "./pkce.ts";
import { invalidClient, invalidRequest, type Problem, problem } from "./problem.ts";
import { askedScope, namesOf } from "./scope.ts";
import { type Grant, giveToken, renewToken, serviceOf, type TokenAnswer } from "./tokens.ts";

type Outcome = TokenAnswer | Problem;
type Handler = (
  exchange: Exchange,
  authority: Authority,
  parameters: Parameters,
  client: Row,
) => Promise<Outcome>;

const idOf = (reference: unknown): string | undefined => (reference as { id: string } | null | undefined)?.id;

const give = (
  exchange: Exchange,
  { config, host }: Authority,
  grant: Grant,
  isRefreshable: boolean,
): Promise<TokenAnswer> => giveToken(exchange, config, host, grant, isRefreshable);

/** A token for the scopes that the request asks for. */
const giveAsked = async (
  exchange: Exchange,
  authority: Authority,
  parameters: Parameters,
  client: Row,
  isRefreshable: boolean,
): Promise<Outcome> => {
  const asked = askedScope(parameters, authority.config);
  if ("problem" in asked) return asked.problem;
  const userId = parameters.text("authenticated_userid");
  return give(exchange, authority, { client, userId, scope: asked.scope }, isRefreshable);
};

const wrongKey = (parameters: Parameters, { config }: Authority): Problem | undefined =>
  parameters.get("provision_key") === config.provision_key
    ? undefined
    : problem("invalid_provision_key", "Invalid provision_key");

/** @see RFC 6749 §4.1.3 */
const byCode: Handler = async (exchange, authority, parameters, client) => {
  const { config, host, pluginId } = authority;
  const service = serviceOf(exchange, config);
  const wrong = invalidRequest("Invalid code");
  const text = parameters.text("code");
  if (text === undefined) return wrong;
  const records = recordsOf(host);
  const code = await records.find("oauth2_authorization_codes", "code", text);
  if (code === undefined || idOf(code["credential"]) !== client.id) return wrong;
  if (service !== null && idOf(code["service"]) !== service.id) return wrong;
  if (typeof code["challenge_method"] === "string" || isProofNeeded(config, client)) {
    const unproven = await proofProblem(host.subtle, parameters, code);
    if (unproven !== undefined) return unproven;
  }
  const plugin = idOf(code["plugin"]);
  if (config.global_credentials && plugin !== undefined && plugin !== pluginId) return wrong;
  // Whoever takes it away may use it: two requests with one code get one token. RFC 6749 §4.1.2
  if (!(await records.remove("oauth2_authorization_codes", code.id))) return wrong;
  const grant = { client, userId: code["authenticated_userid"], scope: code["scope"] };
  return give(exchange, authority, grant, true);
};

/** @see RFC 6749 §4.4 */
const byClient: Handler = async (exchange, authority, parameters, client) => {
  const needsKey = parameters.get("authenticated_userid") !== undefined;
  const wrong = needsKey ? wrongKey(parameters, authority) : undefined;
  return wrong ?? giveAsked(exchange, authority, parameters, client, false);
};

/** @see RFC 6749 §4.3 */
const byPassword: Handler = async (exchange, authority, parameters, client) => {
  const wrong = wrongKey(parameters, authority);
  if (wrong !== undefined) return wrong;
  if (!isGiven(parameters.text("authenticated_userid")))
    return problem("invalid_authenticated_userid", "Missing authenticated_userid parameter");
  return giveAsked(exchange, authority, parameters, client, true);
};

/** @see RFC 6749 §6 */
const byRefresh: Handler = async (exchange, { config, host }, parameters, client) => {
  const service = serviceOf(exchange, config);
  const wrong = invalidRequest("Invalid refresh_token");
  const text = parameters.text("refresh_token");
  if (text === undefined) return wrong;
  const token = await recordsOf(host).find("oauth2_tokens", "refresh_token", text);
  if (token === undefined || (service !== null && idOf(token["service"]) !== service.id)) return wrong;
  if (idOf(token["credential"]) !== client.id) return invalidClient;
  const scopes = typeof token["scope"] === "string" ? namesOf(token["scope"]) : [];
  if (scopes.some((scope) => !(config.scopes ?? []).includes(scope)))
    return problem("invalid_scope", "Scope mismatch");
  return (await renewToken(exchange, config, host, client, token)) ?? wrong;
};

const handlerOf = (type: unknown, { config }: Authority): Handler | undefined => {
  if (type === "authorization_code") return byCode;
  if (type === "refresh_token") return byRefresh;
  if (type === "client_credentials" && config.enable_client_credentials) return byClient;
  return type === "password" && config.enable_password_grant ? byPassword : undefined;
};

/** `/oauth2/token`: a client shows what it was granted, and gets a token. @see RFC 6749 §3.2 */
export const issueToken = async (exchange: Exchange, authority: Authority): Promise<void> => {
  const { config, host } = authority;
  const parameters = await parametersOf(exchange);
  const state = parameters.get("state");
  const refuse = (found: Problem, isFromHeader = false): void => {
    const isAsked = isFromHeader && found.error === "invalid_client";
    const challenge = isAsked ? 'Basic realm="OAuth2.0"' : undefined;
    tell(exchange, isAsked ? 401 : 400, { ...found, state }, challenge);
  };
  const insecure = transportProblem(exchange, authority);
  if (insecure !== undefined) return refuse(insecure);
  const type = parameters.get("grant_type");
  const handler = handlerOf(type, authority);
  const claim = claimOf(exchange, parameters, config);
  const client = await findClient(host, claim.id);
  // Of several problems the last one is told, as in Kong.
  const unfit = type === "client_credentials" ? undefined : redirectOf(parameters, client).problem;
  const unknown = client === undefined ? undefined : await secretProblem(host, client, claim);
  const found =
    unknown ?? unfit ?? (handler ? undefined : problem("unsupported_grant_type", "Invalid grant_type"));
  if (found !== undefined) return refuse(found, claim.isFromHeader);
  const outcome =
    client === undefined
      ? ((type === "client_credentials" && parameters.get("authenticated_userid") !== undefined
          ? wrongKey(parameters, authority)
          : undefined) ?? invalidClient)
      : await handler!(exchange, authority, parameters, client);
  if ("error" in outcome) return refuse(outcome);
  tell(exchange, 200, { ...outcome, state });
};
