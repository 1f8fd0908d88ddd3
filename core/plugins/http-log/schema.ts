import { customFieldsByLua } from "../../pdk/customfields.ts";
import { headerName, map, number, queue, record, string, url } from "../../schema/index.ts";
import { oldQueueFields } from "../../pdk/oldqueue.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const derived = ["Host", "Content-Length", "Content-Type"];

const headersProblem = (headers: Readonly<Record<string, string>>): string | undefined => {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const found = derived.find((name) => names.includes(name.toLowerCase()));
  return found === undefined ? undefined : `cannot contain '${found}' header`;
};

export const config = record(
  {
    http_endpoint: url({
      required: true,
      encrypted: true,
      referenceable: true,
      doc: "Where records are sent. A user and password in it become an Authorization header.",
    }),
    method: string({
      default: "POST",
      one_of: ["POST", "PUT", "PATCH"],
      doc: "The method to send them with.",
    }),
    content_type: string({
      default: "application/json",
      one_of: ["application/json", "application/json; charset=utf-8"],
      doc: "The Content-Type to send them with.",
    }),
    timeout: number({ default: 10_000, doc: "Milliseconds to wait for the answer." }),
    keepalive: number({ default: 60_000, doc: "Milliseconds that an idle connection may be kept." }),
    ...oldQueueFields,
    headers: map(headerName(), string({ referenceable: true }), {
      doc: "Further headers to send.",
      check: headersProblem,
    }),
    queue: queue("How records wait for their delivery."),
    custom_fields_by_lua: customFieldsByLua,
  },
  {
    required: true,
    check({ http_endpoint, headers }) {
      const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
      const hasUser = /^[a-z]+:\/\/[^/]*@/i.test(http_endpoint);
      return hasUser && names.includes("authorization")
        ? "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed"
        : undefined;
    },
  },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "http-log",
  priority: 12,
  config,
} satisfies PluginDeclaration;
