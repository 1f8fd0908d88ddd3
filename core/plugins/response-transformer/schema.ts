import { array, httpProtocols, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const names = (doc: string) => array(string(), { required: true, default: [], doc });

/** `name:value`; colons after the first one belong to the value. */
const pairs = (doc: string) =>
  array(
    string({
      match: "^[^:]+:.*$",
      check(value) {
        const [, name, rest] = /^([^:]+):*([^]*)$/.exec(value)!;
        return rest === "" ? `key '${name}' has no value` : undefined;
      },
    }),
    { required: true, default: [], doc },
  );

const types = () =>
  array(string({ one_of: ["boolean", "number", "string"] }), {
    required: true,
    default: [],
    doc: "The JSON type of each value of `json`, in the same order; string where there is none.",
  });

const change = (verb: string, doc: string) =>
  record(
    {
      json: pairs(`Members of a JSON body to ${verb}, as name:value.`),
      json_types: types(),
      headers: pairs(`Headers to ${verb}, as name:value.`),
    },
    { required: true, doc },
  );

export const config = record(
  {
    remove: record(
      {
        json: names("Members of a JSON body to remove."),
        headers: names("Headers to remove, as name or name:value."),
      },
      { required: true, doc: "What is taken away. This happens first." },
    ),
    rename: record(
      {
        json: pairs("Members of a JSON body to rename, as old:new."),
        headers: pairs("Headers to rename, as old:new."),
      },
      { required: true, doc: "What gets another name." },
    ),
    replace: change("replace", "What gets another value, when it is there."),
    add: change("add", "What is added, when it is not there."),
    append: change("append", "What is added beside what is there."),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "response-transformer",
  priority: 800,
  config,
  protocols: httpProtocols,
} satisfies PluginDeclaration;
