import { customFieldsByLua } from "../../pdk/customfields.ts";
import { host, number, port, record } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    host: host({ required: true, doc: "Host name or address of the server." }),
    port: port({ required: true, doc: "Its port." }),
    timeout: number({ default: 10_000, doc: "Without effect: a datagram waits for nobody." }),
    custom_fields_by_lua: customFieldsByLua,
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
