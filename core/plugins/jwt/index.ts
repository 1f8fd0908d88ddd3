import { toByteString } from "../../http/utf8.ts";
import {
  definePlugin,
  type Exchange,
  type Handled,
  type Row,
  signIn,
  signInAnonymous,
  whenReady,
} from "../../pdk/index.ts";
import { type AlgorithmName, makeVerifier, type Verifier } from "./algorithm.ts";
import { findTokens } from "./find.ts";
import { type Config, schema } from "./schema.ts";
import { claimProblems, parseToken, type Token } from "./token.ts";

/** Accepts JSON Web Tokens that a consumer's key signed. @see RFC 7519 */
export const jwt = definePlugin<Config>({
  ...schema,
  create(config, { directory, clock, subtle }) {
    const realm = config.realm === null ? undefined : `realm="${toByteString(config.realm)}"`;
    const challenge = (error?: string): string =>
      ["Bearer", ...[realm, error].filter((part) => part !== undefined)].join(" ");
    const noToken = challenge();
    const badToken = challenge('error="invalid_token"');
    const claimName = config.key_claim_name ?? "iss";
    // A key is imported once for each credential row; a changed credential is another row.
    const verifiers = new WeakMap<Row, Promise<Verifier>>();

    const refuse = (exchange: Exchange, body: object, field = badToken): Handled => {
      if (config.anonymous !== null) return signInAnonymous(exchange, directory, config.anonymous);
      exchange.exit(401, body, [["WWW-Authenticate", field]]);
    };
    const say = (exchange: Exchange, message: string): Handled => refuse(exchange, { message });

    const verifierOf = (credential: Row): Promise<Verifier> | undefined => {
      const known = verifiers.get(credential);
      if (known !== undefined) return known;
      const name = (credential["algorithm"] ?? "HS256") as AlgorithmName;
      const key = credential[name.startsWith("HS") ? "secret" : "rsa_public_key"];
      if (typeof key !== "string") return undefined;
      const made = makeVerifier(subtle, name, key, config.secret_is_base64);
      verifiers.set(credential, made);
      return made;
    };

    const accept = async (exchange: Exchange, credential: Row, key: string): Promise<void> => {
      const { id } = credential["consumer"] as { id: string };
      const consumer = await directory.find("consumers", "id", id);
      if (consumer === undefined) {
        await say(exchange, `Could not find consumer for '${claimName}=${key}'`);
        return;
      }
      signIn(exchange, consumer, credential, key);
    };

    const verify = async (exchange: Exchange, token: Token, text: string, credential: Row): Promise<void> => {
      if (token.header["alg"] !== (credential["algorithm"] ?? "HS256")) {
        await say(exchange, "Invalid algorithm");
        return;
      }
      const verifier = await verifierOf(credential);
      if (verifier === undefined) {
        await say(exchange, "Invalid key/secret");
        return;
      }
      if (!(await verifier(token.signed, token.signature))) {
        await say(exchange, "Invalid signature");
        return;
      }
      const nowSeconds = clock.nowMs() / 1000;
      const names = config.claims_to_verify ?? [];
      const problems = claimProblems(token.claims, names, nowSeconds, config.maximum_expiration ?? 0);
      if (problems !== undefined) {
        await refuse(exchange, problems);
        return;
      }
      exchange.shared.set("authenticated_jwt_token", text);
      await accept(exchange, credential, credential["key"] as string);
    };

    return {
      access(exchange) {
        if (!config.run_on_preflight && exchange.request.method === "OPTIONS") return undefined;
        if (config.anonymous !== null && exchange.credential !== undefined) return undefined;
        const tokens = findTokens(exchange, config);
        if (tokens.size === 0) return refuse(exchange, { message: "Unauthorized" }, noToken);
        if (tokens.size > 1) return say(exchange, "Multiple tokens provided");
        const [text = ""] = tokens;
        const token = parseToken(text);
        if (typeof token === "string") return say(exchange, token);
        const key = token.claims[claimName] ?? token.header[claimName];
        if (key === undefined || key === null) return say(exchange, `No mandatory '${claimName}' in claims`);
        if (typeof key !== "string" || key === "") return say(exchange, `Invalid '${claimName}' in claims`);
        return whenReady(directory.find("jwt_secrets", "key", key), (credential) =>
          credential === undefined
            ? say(exchange, `No credentials found for given '${claimName}'`)
            : verify(exchange, token, text, credential),
        );
      },
    };
  },
});
