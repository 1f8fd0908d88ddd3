import { randomSecret } from "../../http/secret.ts";
import { type Exchange, type PluginHost, type Row, recordsOf } from "../../pdk/index.ts";
import type { Config } from "./schema.ts";

/** For whom a token is made. */
export interface Grant {
  readonly client: Row;
  readonly userId: unknown;
  readonly scope: unknown;
}

/** What a client is told of its token. @see RFC 6749 §5.1 */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: "bearer";
  readonly expires_in?: number;
  readonly refresh_token?: string;
}

/** The service that tokens of this exchange are good for; null for all. @throws Error on a route without a service. */
export const serviceOf = ({ service }: Exchange, config: Config): { id: string } | null => {
  if (config.global_credentials) return null;
  if (service === undefined) throw new Error("oauth2 needs a service, or global_credentials");
  return { id: service.id };
};

const lifetime = (config: Config): { ttl?: number } =>
  config.token_expiration > 0 && config.refresh_token_ttl > 0 ? { ttl: config.refresh_token_ttl } : {};

const answerOf = (row: Row): TokenAnswer => {
  const expiresIn = row["expires_in"] as number;
  const refresh = row["refresh_token"];
  return {
    access_token: String(row["access_token"]),
    token_type: "bearer",
    ...(expiresIn > 0 && { expires_in: expiresIn }),
    ...(typeof refresh === "string" && { refresh_token: refresh }),
  };
};

/** Makes a token. @param isRefreshable Whether it comes with a refresh token; one that never ends has none. */
export const giveToken = async (
  exchange: Exchange,
  config: Config,
  host: PluginHost,
  { client, userId, scope }: Grant,
  isRefreshable: boolean,
): Promise<TokenAnswer> => {
  const row = await recordsOf(host).insert("oauth2_tokens", {
    service: serviceOf(exchange, config),
    credential: { id: client.id },
    authenticated_userid: userId ?? null,
    expires_in: config.token_expiration,
    refresh_token: isRefreshable && config.token_expiration > 0 ? randomSecret(host.random) : null,
    scope: scope ?? null,
    ...lifetime(config),
  });
  return answerOf(row);
};

/**
 * Makes another token in the place of one that is refreshed: of several who refresh it at once only one succeeds, unless
 * the refresh token stays.
 *
 * @returns Undefined when it is gone already.
 */
export const renewToken = async (
  exchange: Exchange,
  config: Config,
  host: PluginHost,
  client: Row,
  token: Row,
): Promise<TokenAnswer | undefined> => {
  const records = recordsOf(host);
  if (config.reuse_refresh_token) {
    const row = await records.update("oauth2_tokens", token.id, {
      access_token: randomSecret(host.random),
      expires_in: config.token_expiration,
      created_at: Math.floor(host.clock.nowMs() / 1000),
      ...lifetime(config),
    });
    return row && answerOf(row);
  }
  if (!(await records.remove("oauth2_tokens", token.id))) return undefined;
  const grant = { client, userId: token["authenticated_userid"], scope: token["scope"] };
  return giveToken(exchange, config, host, grant, true);
};
