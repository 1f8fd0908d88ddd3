import { customFieldProblem } from "../../pdk/customfields.ts";
import { host, map, number, port, record, set, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

/** From the least to the most important. */
export const severities = ["debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"] as const;
export type Severity = (typeof severities)[number];

const severity = <const D extends string>(doc: D) => string({ default: "info", one_of: severities, doc });

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
    log_level: severity("Records of less importance are not sent."),
    successful_severity: severity("The importance of responses below 400."),
    client_errors_severity: severity("The importance of responses from 400 to 499."),
    server_errors_severity: severity("The importance of responses from 500."),
    timeout: number({ default: 10_000, doc: "Without effect: a datagram waits for nobody." }),
    custom_fields_by_lua: map(string(), string({ check: customFieldProblem }), {
      doc: "Fields to set in the record: `return` and an expression; nil takes a field away.",
    }),
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
