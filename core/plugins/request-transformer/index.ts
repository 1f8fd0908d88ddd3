import { formatArguments, parseArguments } from "../../http/query.ts";
import { definePlugin, type Exchange, type Handled, whenReady } from "../../pdk/index.ts";
import { bodyTransform } from "./body.ts";
import { transformHeaders } from "./headers.ts";
import type { Scope } from "../../pdk/lua/parser.ts";
import { type Config, schema } from "./schema.ts";
import { scopeOf } from "./scope.ts";
import { applySteps, type Steps, stepsOf } from "./steps.ts";
import { parseTemplate } from "./template.ts";

const bodiless = new Set(["GET", "HEAD", "TRACE"]);

const setQuery = (exchange: Exchange, query: string): void => {
  exchange.request.query = query === "" ? undefined : query;
};

const replacePath = (exchange: Exchange, value: string): void => {
  const { upstream, request } = exchange;
  if (!value.startsWith("/")) throw new TypeError(`the path '${value}' does not begin with a slash`);
  if (upstream === undefined) return;
  const mark = value.indexOf("?");
  const path = mark < 0 ? value : value.slice(0, mark);
  upstream.path = path.replace(/[^!$%&'()*+,\-./0-9:;=@A-Z_a-z~[\]]/gu, encodeURIComponent);
  if (mark >= 0) setQuery(exchange, [value.slice(mark + 1), request.query ?? ""].filter(Boolean).join("&"));
};

const transformQuery = (steps: Steps, exchange: Exchange, scope: Scope): void => {
  const found = new Map<string, unknown>(exchange.request.queryArguments);
  if (applySteps(steps, found, scope))
    setQuery(exchange, formatArguments(found as ReturnType<typeof parseArguments>));
};

/** A form moves into the query when the method becomes one that takes no body. */
const copyForm = (exchange: Exchange): Handled => {
  const { request } = exchange;
  const type = request.headers.get("content-type")?.toLowerCase() ?? "";
  if (!type.includes("application/x-www-form-urlencoded")) return undefined;
  return whenReady(request.readBody(), (bytes) => {
    const fields = parseArguments(new TextDecoder().decode(bytes));
    if (fields.size > 0) setQuery(exchange, formatArguments(new Map([...request.queryArguments, ...fields])));
  });
};

/** Changes requests on their way upstream. */
export const requestTransformer = definePlugin<Config>({
  ...schema,
  create(config) {
    const uri = config.replace.uri === null ? undefined : parseTemplate(config.replace.uri);
    const method = config.http_method ?? undefined;
    const headers = stepsOf(config, "headers");
    const body = stepsOf(config, "body");
    const query = stepsOf(config, "querystring");

    const changeBody = (exchange: Exchange, scope: Scope): Handled => {
      const { request } = exchange;
      const contentType = request.headers.get("content-type");
      const transform = body && bodyTransform(contentType);
      if (transform === undefined) return undefined;
      return whenReady(request.readBody(), (bytes) => {
        const changed = transform(body!, bytes, scope, contentType!);
        if (changed !== undefined) request.setBody(changed);
      });
    };

    return {
      access(exchange) {
        const scope = scopeOf(exchange);
        if (uri !== undefined) replacePath(exchange, uri(scope));
        if (method !== undefined) exchange.request.method = method;
        const copied = method !== undefined && bodiless.has(method) ? copyForm(exchange) : undefined;
        return whenReady(copied, () => {
          if (headers !== undefined) transformHeaders(headers, exchange, scope);
          return whenReady(changeBody(exchange, scope), () => {
            if (query !== undefined) transformQuery(query, exchange, scope);
          });
        });
      },
    };
  },
});
