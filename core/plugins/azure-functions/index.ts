import { toByteString } from "../../http/utf8.ts";
import { hasToken, listedByConnection } from "../../http/hopbyhop.ts";
import { definePlugin, type Exchange } from "../../pdk/index.ts";
import { type Config, schema } from "./schema.ts";

const maxBodyBytes = 64 * 1024 * 1024;
/** Of one connection, or made anew for the next one. */
const ownFields =
  "connection, keep-alive, proxy-connection, transfer-encoding, upgrade, te, host, content-length";

type Fields = readonly (readonly [string, string])[];

/** What goes on beyond this connection. */
const passedOn = (headers: Iterable<readonly [string, string]>, ...more: string[]): Fields => {
  const all = [...headers];
  const listed = all
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => [...(listedByConnection(value) ?? [])]);
  const left = [ownFields, ...listed, ...more].join(",");
  return all.filter(([name]) => !hasToken(left, name.toLowerCase()));
};

/** Answers with what an Azure function does, in the upstream's place. */
export const azureFunctions = definePlugin<Config>({
  ...schema,
  create(config, { fetcher, version }) {
    const prefix = config.routeprefix === null ? "" : `/${config.routeprefix}`;
    const site = `${config.https === false ? "http" : "https"}://${config.appname}.${config.hostdomain}`;
    const url = `${site}${prefix}/${config.functionname}`;
    const keys: [string, string][] = [];
    if (config.apikey !== null) keys.push(["x-functions-key", toByteString(config.apikey)]);
    if (config.clientid !== null) keys.push(["x-functions-clientid", toByteString(config.clientid)]);

    const ask = async (exchange: Exchange): Promise<void> => {
      const { request } = exchange;
      const { method, query } = request;
      const hasBody = method !== "GET" && method !== "HEAD";
      const answer = await fetcher.ask(
        {
          method,
          url: query === undefined ? url : `${url}?${query}`,
          // A client that knows the names of the keys does not send its own.
          headers: [...passedOn(request.headers, ...keys.map(([name]) => name)), ...keys],
          body: hasBody ? await request.readBody() : "",
          timeoutMs: config.timeout ?? 600_000,
        },
        maxBodyBytes,
      );
      // The platform has decoded the body.
      const headers = passedOn(answer.headers, "content-encoding");
      exchange.exit(answer.status, answer.body, [...headers, ["Via", `1.1 sallyport/${version}`]]);
    };
    return { access: ask };
  },
});
