import { customFieldsByLua } from "../../pdk/customfields.ts";
import { boolean, host, number, port, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    host: host({ required: true, doc: "Host name or address of the server." }),
    port: port({ required: true, doc: "Its port." }),
    timeout: number({ default: 10_000, doc: "Milliseconds for connecting, and for each record." }),
    keepalive: number({ default: 60_000, doc: "Milliseconds that an idle connection is kept." }),
    tls: boolean({ required: true, default: false, doc: "Speak TLS." }),
    tls_sni: string({ doc: "The server name to send in TLS." }),
    custom_fields_by_lua: customFieldsByLua,
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "tcp-log",
  priority: 7,
  needs: () => "sockets",
  config,
} satisfies PluginDeclaration;
