import { toByteString } from "../../http/utf8.ts";
import { equalTexts } from "../../http/secret.ts";
import { definePlugin, type Exchange, signIn, signInAnonymous, whenReady } from "../../pdk/index.ts";
import { hashPassword } from "./credential.ts";
import { type Config, schema } from "./schema.ts";

interface Login {
  readonly username: string;
  readonly password: string;
}

const utf8 = new TextDecoder();

const parseLogin = (field: string | undefined): Login | undefined => {
  const encoded = /[Bb]asic\s+(\S+)/.exec(field ?? "")?.[1];
  if (encoded === undefined) return undefined;
  let text: string;
  try {
    text = utf8.decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
  const colon = text.indexOf(":");
  return colon < 1 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
};

/** Asks clients for a name and a password. @see RFC 7617 */
export const basicAuth = definePlugin<Config>({
  ...schema,
  create(config, { directory }) {
    const challenge = `Basic realm="${toByteString(config.realm ?? "")}"`;

    const refuse = (exchange: Exchange): void | Promise<void> => {
      if (config.anonymous !== null) return signInAnonymous(exchange, directory, config.anonymous);
      exchange.error(401, undefined, [["WWW-Authenticate", challenge]]);
    };

    const findLogin = ({ request: { headers } }: Exchange): Login | undefined => {
      for (const name of ["proxy-authorization", "authorization"]) {
        const login = parseLogin(headers.get(name));
        if (config.hide_credentials) headers.delete(name);
        if (login !== undefined) return login;
      }
      return undefined;
    };

    return {
      access(exchange) {
        if (config.anonymous !== null && exchange.credential !== undefined) return undefined;
        const login = findLogin(exchange);
        if (login === undefined) return refuse(exchange);
        return whenReady(
          directory.find("basicauth_credentials", "username", login.username),
          (credential) => {
            if (credential === undefined) return refuse(exchange);
            const { id } = credential["consumer"] as { id: string };
            const isRight = equalTexts(
              hashPassword(login.password, id),
              (credential["password"] as string).toLowerCase(),
            );
            if (!isRight) return refuse(exchange);
            return whenReady(directory.find("consumers", "id", id), (consumer) =>
              signIn(exchange, consumer, credential, login.username),
            );
          },
        );
      },
    };
  },
});
