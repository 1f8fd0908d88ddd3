import { array, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import { parsePair } from "./pair.ts";
import { templateProblem } from "./template.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const headerProblem = (name: string): string | undefined =>
  /^[A-Za-z0-9-_]+$/.test(name) ? undefined : `'${name}' is not a valid header`;

const headerNameProblem = (entry: string): string | undefined => headerProblem(parsePair(entry)[0]);

/** `name:value`, where the value may be a template. */
const pairProblem = (entry: string): string | undefined => {
  const [name, value] = parsePair(entry);
  return value === "" ? `key '${name}' has no value` : templateProblem(value);
};

const renameProblem = (entry: string): string | undefined => {
  const [name, value] = parsePair(entry);
  return headerProblem(name) ?? (value === "" ? `key '${name}' has no value` : headerProblem(value));
};

type Check = (entry: string) => string | undefined;
const list = (doc: string, check?: Check) =>
  array(string(check && { check }), { required: true, default: [], doc });

const parts = (verb: string, form: string, check?: Check, header: Check = headerNameProblem) => ({
  body: list(`Members of a JSON body, fields of a form to ${verb}, as ${form}.`, check),
  headers: list(`Headers to ${verb}, as ${form}.`, (entry) => header(entry) ?? check?.(entry)),
  querystring: list(`Query arguments to ${verb}, as ${form}.`, check),
});

export const config = record(
  {
    http_method: string({ match: "^%u+$", doc: "The method to ask the upstream with." }),
    remove: record(parts("remove", "name"), {
      required: true,
      doc: "What is taken away. This happens first.",
    }),
    rename: record(parts("rename", "old:new", undefined, renameProblem), {
      required: true,
      doc: "What gets another name.",
    }),
    replace: record(
      {
        ...parts("replace", "name:value", pairProblem),
        uri: string({ check: templateProblem, doc: "The path to ask the upstream for; a template." }),
      },
      { required: true, doc: "What gets another value, when it is there." },
    ),
    add: record(parts("add", "name:value", pairProblem), {
      required: true,
      doc: "What is added, when it is not there.",
    }),
    append: record(parts("append", "name:value", pairProblem), {
      required: true,
      doc: "What is added beside what is there.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "request-transformer",
  priority: 801,
  config,
} satisfies PluginDeclaration;
