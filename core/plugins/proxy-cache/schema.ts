import { array, boolean, customCheck, integer, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { adminRoutes } from "./admin.ts";

/** The memory that responses are kept in. */
const dictionary = "kong_db_cache";

export const config = record(
  {
    response_code: array(integer({ between: [100, 900] }), {
      required: true,
      default: [200, 301, 404],
      doc: "Statuses of upstream responses that are kept.",
    }),
    request_method: array(string({ one_of: ["HEAD", "GET", "POST", "PATCH", "PUT"] }), {
      required: true,
      default: ["GET", "HEAD"],
      doc: "Methods of requests that are answered from the cache.",
    }),
    content_type: array(string(), {
      required: true,
      default: ["text/plain", "application/json"],
      doc: "Media types of responses that are kept. `*` stands for any type or subtype; parameters have to be the same.",
    }),
    cache_ttl: integer({ default: 300, gt: 0, doc: "Seconds that a response is fresh." }),
    strategy: string({ required: true, one_of: ["memory"], doc: "Where responses are kept." }),
    cache_control: boolean({
      required: true,
      default: false,
      doc: "Go by what requests and responses say about caching (RFC 9111).",
    }),
    ignore_uri_case: boolean({
      required: false,
      default: false,
      doc: "Paths that differ in case are the same.",
    }),
    storage_ttl: integer({
      doc: "Seconds that a response is kept, fresh or not; without it as long as it is fresh.",
    }),
    memory: record(
      {
        dictionary_name: string({
          required: true,
          default: dictionary,
          doc: "The shared memory that holds responses.",
        }),
      },
      { required: true, doc: "Options of the strategy `memory`." },
    ),
    vary_query_params: array(string(), {
      doc: "Query parameters that make a difference; all of them when absent.",
    }),
    vary_headers: array(string(), { doc: "Request headers that make a difference; none when absent." }),
    response_headers: record(
      {
        age: boolean({ default: true, doc: "Tell `age` of what comes from the cache." }),
        "X-Cache-Status": boolean({ default: true, doc: "Tell `X-Cache-Status`." }),
        "X-Cache-Key": boolean({ default: true, doc: "Tell `X-Cache-Key`." }),
      },
      { required: true, doc: "What clients are told about the cache." },
    ),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "proxy-cache",
  priority: 100,
  adminRoutes,

  config,
  checks: [
    customCheck({
      field_sources: ["config"],
      check(values) {
        const { strategy, memory } = values["config"] as Config;
        const name = memory?.dictionary_name;
        if (strategy !== "memory" || name === dictionary) return undefined;
        return `missing shared dict '${name}'`;
      },
    }),
  ],
} satisfies PluginDeclaration;
