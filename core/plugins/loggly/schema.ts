import { customFieldsByLua } from "../../pdk/customfields.ts";
import { host, number, port, record, set, string } from "../../schema/index.ts";
import { severityFields } from "../../pdk/severity.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    host: host({ default: "logs-01.loggly.com", doc: "Host name or address of the server." }),
    port: port({ default: 514, doc: "Its port." }),
    key: string({
      required: true,
      encrypted: true,
      referenceable: true,
      doc: "The customer token of Loggly.",
    }),
    tags: set(string(), { default: ["kong"], doc: "Tags of the records." }),
    ...severityFields,
    timeout: number({ default: 10_000, doc: "Without effect: a datagram waits for nobody." }),
    custom_fields_by_lua: customFieldsByLua,
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "loggly",
  priority: 6,
  needs: () => "datagrams",
  config,
} satisfies PluginDeclaration;
