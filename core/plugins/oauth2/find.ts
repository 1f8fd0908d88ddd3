import { withoutArgument } from "../../http/query.ts";
import { type Exchange, parseForm, type Ready, whenReady } from "../../pdk/index.ts";
import { parametersOf } from "./parameters.ts";
import type { Config } from "./schema.ts";

const name = "access_token";

const hideParameter = async ({ request }: Exchange): Promise<void> => {
  if (request.query !== undefined) {
    const rest = withoutArgument(request.query, name);
    request.query = rest === "" ? undefined : rest;
  }
  if (request.method === "GET") return;
  const form = parseForm(await request.readBody(), request.headers.get("content-type"));
  if (form?.get(name) !== undefined) request.setBody(form.without(name));
};

/** The token of a request: in the header, else in query or body; hidden from the upstream where that is asked for. */
export const findToken = (exchange: Exchange, config: Config): Ready<string | undefined> => {
  const { headers } = exchange.request;
  const header = config.auth_header_name ?? "authorization";
  const field = headers.get(header);
  if (field !== undefined) {
    const [scheme = "", token, ...more] = field.split(/\s+/).filter((part) => part !== "");
    const isMarked = token !== undefined && more.length === 0 && /^(?:token|bearer)$/i.test(scheme);
    if (config.hide_credentials) headers.delete(header);
    return isMarked ? token : field;
  }
  return whenReady(parametersOf(exchange), (parameters): Ready<string | undefined> => {
    const token = parameters.text(name);
    if (token === undefined || !config.hide_credentials) return token;
    return hideParameter(exchange).then(() => token);
  });
};
