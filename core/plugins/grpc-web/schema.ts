import { boolean, httpProtocols, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    proto: string({
      doc: "The `.proto` file of the services; JSON can't be translated without it.",
    }),
    pass_stripped_path: boolean({
      doc: "Ask for the method by the path without what the route strips.",
    }),
    allow_origin_header: string({
      default: "*",
      doc: "What `Access-Control-Allow-Origin` says.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "grpc-web",
  priority: 3,
  protocols: httpProtocols,
  needs: () => "grpc",
  config,
} satisfies PluginDeclaration;
