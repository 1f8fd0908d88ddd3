import { customFieldProblem } from "../../pdk/customfields.ts";
import { boolean, map, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    path: string({
      required: true,
      match: "^[^*&%%\\`]+$",
      err: "not a valid filename",
      doc: "The file to append to; it is made when it is absent.",
    }),
    reopen: boolean({
      required: true,
      default: false,
      doc: "Open the file anew for each line, so that it may be moved away.",
    }),
    custom_fields_by_lua: map(string(), string({ check: customFieldProblem }), {
      doc: "Fields to set in the record: `return` and an expression; nil takes a field away.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "file-log",
  priority: 9,
  needs: () => "files",
  config,
} satisfies PluginDeclaration;
