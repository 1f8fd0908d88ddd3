import { customFieldsByLua } from "../../pdk/customfields.ts";
import { requiredSeverityFields } from "../../pdk/severity.ts";
import { record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

/** By their numbers in RFC 5424 §6.2.1, which names no others between 11 and 16. */
export const facilities = {
  auth: 4,
  authpriv: 10,
  cron: 9,
  daemon: 3,
  ftp: 11,
  kern: 0,
  lpr: 6,
  mail: 2,
  news: 7,
  syslog: 5,
  user: 1,
  uucp: 8,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const;

export const config = record(
  {
    ...requiredSeverityFields,
    custom_fields_by_lua: customFieldsByLua,
    facility: string({
      required: true,
      default: "user",
      one_of: Object.keys(facilities) as (keyof typeof facilities)[],
      doc: "Which part of the system the records are of.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "syslog",
  priority: 4,
  needs: () => "syslog",
  config,
} satisfies PluginDeclaration;
