import { definePlugin, type Exchange } from "../../pdk/index.ts";
import { answer, type Question } from "./admin.ts";
import { Greeter } from "./hello.ts";
import { Issuer } from "./issuer.ts";
import { allowedNames } from "./names.ts";
import { type Config, schema } from "./schema.ts";
import { storageOf } from "./storage.ts";

const challengePath = "/.well-known/acme-challenge/";
/** How often it is looked whether the day is over: nodes don't run for whole days. */
const lookMs = 3_600_000;

/** Orders certificates from authorities that speak ACME, when clients ask for a name, and renews them. */
export const acme = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const issuer = new Issuer(config, host, storageOf(config, host));
    const greeter = new Greeter(issuer, host, allowedNames(config.domains, config.allow_any_domain === true));
    const stopRenewing = host.timers.every(lookMs, "acme renewal", () => issuer.renewDaily());

    const serve = async (exchange: Exchange, token: string): Promise<void> => {
      const text = await issuer.challenge(token);
      if (text === undefined) exchange.exit(404, "Not found\n");
      else exchange.exit(200, text, [["Content-Type", "application/octet-stream"]]);
    };

    return {
      certificate: ({ serverName }) => (serverName === undefined ? undefined : greeter.greet(serverName)),
      // Before routing: the authority is answered whatever the routes say, and before whoever wants credentials.
      rewrite(exchange) {
        const { rawPath, scheme } = exchange.request;
        if (scheme !== "http" || !rawPath.startsWith(challengePath)) return undefined;
        return serve(exchange, rawPath.slice(challengePath.length));
      },
      answer: (question) => answer(question as Question, issuer, host),
      close() {
        stopRenewing();
        issuer.close();
      },
    };
  },
});
