import { boolean, number, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

export const config = record(
  {
    timeout: number({ default: 600_000, doc: "Milliseconds to wait for the answer." }),
    keepalive: number({ default: 60_000, doc: "Without effect: connections are the platform's." }),
    https: boolean({ default: true, doc: "Ask by HTTPS." }),
    https_verify: boolean({ default: false, doc: "Without effect: certificates are verified." }),
    apikey: string({
      referenceable: true,
      encrypted: true,
      doc: "The key that the function asks for.",
    }),
    clientid: string({ referenceable: true, doc: "The client that the function asks for." }),
    appname: string({ required: true, doc: "The name of the application." }),
    hostdomain: string({
      required: true,
      default: "azurewebsites.net",
      doc: "The domain of the application.",
    }),
    routeprefix: string({ default: "api", doc: "What the function's path begins with." }),
    functionname: string({ required: true, doc: "The name of the function." }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "azure-functions",
  priority: 749,
  config,
} satisfies PluginDeclaration;
