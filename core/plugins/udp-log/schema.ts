import { customFieldProblem } from "../../pdk/customfields.ts";
import { host, map, number, port, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    host: host({ required: true, doc: "Host name or address of the server." }),
    port: port({ required: true, doc: "Its port." }),
    timeout: number({ default: 10_000, doc: "Without effect: a datagram waits for nobody." }),
    custom_fields_by_lua: map(string(), string({ check: customFieldProblem }), {
      doc: "Fields to set in the record: `return` and an expression; nil takes a field away.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "udp-log",
  priority: 8,
  needs: () => "datagrams",
  config,
} satisfies PluginDeclaration;
