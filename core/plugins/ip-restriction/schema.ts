import { array, atLeastOneOf, ipOrCidr, number, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    allow: array(ipOrCidr(), { doc: "Addresses and networks that may pass; nobody else may then." }),
    deny: array(ipOrCidr(), { doc: "Addresses and networks that are refused. Asked first." }),
    status: number({ doc: "Status of a refusal; 403 when absent." }),
    message: string({ doc: "Message of a refusal; `IP address not allowed: <address>` when absent." }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "ip-restriction",
  priority: 990,

  config,
  protocols: ["http", "https", "tcp", "tls", "grpc", "grpcs"],
  checks: [atLeastOneOf("config.allow", "config.deny")],
} satisfies PluginDeclaration;
