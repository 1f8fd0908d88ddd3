import { customFieldsByLua } from "../../pdk/customfields.ts";
import { boolean, record, string } from "../../schema/index.ts";
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
    custom_fields_by_lua: customFieldsByLua,
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
