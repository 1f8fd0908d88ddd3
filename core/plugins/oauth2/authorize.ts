import { parseArguments } from "../../http/query.ts";
import { type Exchange, type Row, recordsOf } from "../../pdk/index.ts";
import { findClient, redirectOf } from "./client.ts";
import { type Authority, isGiven, tell, transportProblem } from "./endpoint.ts";
import { type Parameters, parametersOf } from "./parameters.ts";
import { type Challenge, challengeOf } from "./pkce.ts";
import { type Problem, problem } from "./problem.ts";
import { withAnswer } from "./redirect.ts";
import { askedScope } from "./scope.ts";
import { giveToken, serviceOf } from "./tokens.ts";

/** Seconds that a code may be used. */
const codeTtl = 300;

type Answer = Readonly<Record<string, string | number | undefined>>;

interface Asked {
  readonly client: Row;
  readonly scope: string | undefined;
  readonly challenge: Challenge | undefined;
}

interface Judged {
  /** Where the user is sent, with the answer; undefined as long as the client is not known. */
  readonly uri: string | undefined;
  readonly asked: Asked | Problem;
}

const userProblem = (parameters: Parameters, { config }: Authority): Problem | undefined => {
  if (parameters.get("provision_key") !== config.provision_key)
    return problem("invalid_provision_key", "Invalid provision_key");
  if (isGiven(parameters.text("authenticated_userid"))) return undefined;
  return problem("invalid_authenticated_userid", "Missing authenticated_userid parameter");
};

/** Of several problems the last one is told, as in Kong. */
const judge = async (parameters: Parameters, { config, host }: Authority): Promise<Judged> => {
  const type = parameters.get("response_type");
  const isOffered =
    (type === "code" && config.enable_authorization_code) ||
    (type === "token" && config.enable_implicit_grant);
  const scope = askedScope(parameters, config);
  const client = await findClient(host, parameters.text("client_id"));
  const { uri, problem: redirectProblem } = redirectOf(parameters, client);
  const challenge = challengeOf(parameters, config, client);
  const problems = [
    isOffered ? undefined : problem("unsupported_response_type", "Invalid response_type"),
    "problem" in scope ? scope.problem : undefined,
    redirectProblem,
    "problem" in challenge ? challenge.problem : undefined,
  ].filter((found) => found !== undefined);
  const last = problems.at(-1);
  if (last !== undefined || client === undefined || "problem" in scope || "problem" in challenge)
    return { uri, asked: last! };
  return { uri, asked: { client, scope: scope.scope, challenge: challenge.challenge } };
};

const giveCode = async (
  exchange: Exchange,
  { config, host, pluginId }: Authority,
  parameters: Parameters,
  { client, scope, challenge }: Asked,
): Promise<Answer> => {
  const row = await recordsOf(host).insert("oauth2_authorization_codes", {
    service: serviceOf(exchange, config),
    credential: { id: client.id },
    authenticated_userid: parameters.text("authenticated_userid"),
    scope: scope ?? null,
    challenge: challenge?.challenge ?? null,
    challenge_method: challenge?.method ?? null,
    plugin: { id: pluginId },
    ttl: codeTtl,
  });
  return { code: String(row["code"]) };
};

const sent = (uri: string, answer: Answer, isFragment: boolean): { redirect_uri: string } => {
  const [, query = ""] = /\?(.*)$/s.exec(uri) ?? [];
  const own = new Map<string, string>();
  for (const [name, value] of parseArguments(query)) {
    const [first] = Array.isArray(value) ? value : [value];
    own.set(name, String(first));
  }
  return { redirect_uri: withAnswer(uri, own, answer, isFragment) };
};

/** `/oauth2/authorize`: a user let an application in; where to send the user now. @see RFC 6749 §4.1.1, §4.2.1 */
export const authorize = async (exchange: Exchange, authority: Authority): Promise<void> => {
  const parameters = await parametersOf(exchange);
  const state = parameters.text("state");
  const early = transportProblem(exchange, authority) ?? userProblem(parameters, authority);
  if (early !== undefined) {
    tell(exchange, 400, { ...early, state });
    return;
  }
  const { uri, asked } = await judge(parameters, authority);
  if ("error" in asked) {
    const body = { ...asked, state };
    tell(exchange, 400, uri === undefined ? body : sent(uri, body, false));
    return;
  }
  const isImplicit = parameters.get("response_type") === "token";
  const { config, host } = authority;
  const grant = { ...asked, userId: parameters.text("authenticated_userid") };
  const answer = isImplicit
    ? { ...(await giveToken(exchange, config, host, grant, false)) }
    : await giveCode(exchange, authority, parameters, asked);
  tell(exchange, 200, sent(uri!, { ...answer, state }, isImplicit));
};
