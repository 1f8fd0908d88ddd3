import { toByteString } from "../../http/utf8.ts";
import { Kept } from "../../mlcache/index.ts";
import {
  definePlugin,
  type Exchange,
  type Handled,
  type Ready,
  type Row,
  signIn,
  signInAnonymous,
  whenReady,
} from "../../pdk/index.ts";
import { authorize } from "./authorize.ts";
import type { Authority } from "./endpoint.ts";
import { findToken } from "./find.ts";
import { invalidRequest, type Problem, problem } from "./problem.ts";
import { type Config, schema } from "./schema.ts";
import { issueToken } from "./token.ts";

const scopeField = "X-Authenticated-Scope";
const userField = "X-Authenticated-UserId";
/** Milliseconds that a token nobody knows is not asked for again; one that comes is seen at once. */
const unknownMs = 1_000;

const missing = invalidRequest("The access token is missing");
const invalid = problem("invalid_token", "The access token is invalid or has expired");
const isGlobal = problem(
  "invalid_token",
  "The access token is global, but the current plugin is configured without 'global_credentials'",
);

/** Gives applications tokens, and asks clients for them. @see RFC 6749, RFC 6750, RFC 7636 */
export const oauth2 = definePlugin<Config>({
  ...schema,
  create(config, host, { id: pluginId }) {
    const { directory, clock, cache, records } = host;
    const authority: Authority = { config, host, pluginId };
    const realm = config.realm ? ` realm="${toByteString(config.realm)}"` : "";
    const challenge = ({ error, error_description: why }: Problem): string =>
      `Bearer${realm} error="${error}" error_description="${why}"`;

    const forget = ({ request: { headers } }: Exchange): void => {
      headers.delete(scopeField);
      headers.delete(userField);
    };

    const refuse = (exchange: Exchange, found: Problem): Handled => {
      if (config.anonymous !== null) {
        forget(exchange);
        return signInAnonymous(exchange, directory, config.anonymous);
      }
      const field = found === missing ? `Bearer${realm}` : challenge(found);
      exchange.exit(401, found, [["WWW-Authenticate", field]]);
    };

    /** Another node may have given it out a moment ago: what this one was not told of yet is asked for. */
    const tokenOf = (text: string): Ready<Row | undefined> =>
      whenReady(directory.find("oauth2_tokens", "access_token", text), (row) => {
        if (row !== undefined || records === undefined) return row;
        const load = async () => {
          const found = await records.find("oauth2_tokens", "access_token", text);
          return found && new Kept(found, 0);
        };
        return whenReady(
          cache.get(`oauth2:${text}`, load, { negTtlMs: unknownMs }),
          ({ value }) => value as Row | undefined,
        );
      });

    const accept = async (exchange: Exchange, token: Row): Promise<void> => {
      const service = (token["service"] as { id: string } | null)?.id;
      if (service === undefined && !config.global_credentials) {
        exchange.exit(401, isGlobal, [["WWW-Authenticate", challenge(invalid)]]);
        return;
      }
      const expiresIn = Number(token["expires_in"]);
      const ageSeconds = clock.nowMs() / 1000 - Number(token["created_at"]);
      const { id } = token["credential"] as { id: string };
      const isGood =
        (service === undefined || service === exchange.service?.id) &&
        !(expiresIn > 0 && ageSeconds > expiresIn);
      const client = isGood ? await directory.find("oauth2_credentials", "id", id) : undefined;
      if (client === undefined) {
        await refuse(exchange, invalid);
        return;
      }
      const { id: consumerId } = client["consumer"] as { id: string };
      const consumer = await directory.find("consumers", "id", consumerId);
      signIn(exchange, consumer, client, client["client_id"] as string);
      forget(exchange);
      const { headers } = exchange.request;
      if (typeof token["scope"] === "string") headers.set(scopeField, toByteString(token["scope"]));
      if (typeof token["authenticated_userid"] === "string")
        headers.set(userField, toByteString(token["authenticated_userid"]));
    };

    const refuseMethod = (exchange: Exchange, endpoint: string): void => {
      const { method } = exchange.request;
      const found = problem(
        "invalid_method",
        `The HTTP method ${method} is invalid for the ${endpoint} endpoint`,
      );
      exchange.exit(405, found, [["WWW-Authenticate", challenge(found)]]);
    };

    return {
      access(exchange) {
        const { method, rawPath } = exchange.request;
        const path = exchange.match?.path ?? rawPath;
        if (/\/oauth2\/token\/?$/.test(path))
          return method === "POST" ? issueToken(exchange, authority) : refuseMethod(exchange, "token");
        if (/\/oauth2\/authorize\/?$/.test(path))
          return method === "POST" ? authorize(exchange, authority) : refuseMethod(exchange, "authorization");
        if (config.anonymous !== null && exchange.credential !== undefined) return forget(exchange);
        return whenReady(findToken(exchange, config), (text): Handled => {
          if (text === undefined || text === "") return refuse(exchange, missing);
          return whenReady(tokenOf(text), (token) =>
            token === undefined ? refuse(exchange, invalid) : accept(exchange, token),
          );
        });
      },
    };
  },
});
