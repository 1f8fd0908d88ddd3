import { boolean, httpProtocols, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    header_name: string({ default: "Kong-Request-ID", doc: "The header that carries the id." }),
    generator: string({
      required: true,
      default: "uuid#counter",
      one_of: ["uuid", "uuid#counter", "tracker"],
      doc: "How ids are made: a new UUID each time, one UUID of the worker with a counter, or the facts of connection and time.",
    }),
    echo_downstream: boolean({
      required: true,
      default: false,
      doc: "Send the header to the client as well.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "correlation-id",
  priority: 100_001,
  config,
  protocols: httpProtocols,
} satisfies PluginDeclaration;
