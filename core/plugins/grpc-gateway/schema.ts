import { httpProtocols, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    proto: string({
      doc: "The `.proto` file of the services, with their `google.api.http` options.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "grpc-gateway",
  priority: 998,
  protocols: httpProtocols,
  needs: () => "grpc",
  config,
} satisfies PluginDeclaration;
