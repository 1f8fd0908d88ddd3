import { pcre } from "../../http/pcre.ts";
import { array, boolean, httpProtocols, number, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";

const methods = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"] as const;

const originProblem = (origin: string): string | undefined => {
  if (origin === "*") return undefined;
  try {
    pcre(origin, true);
    return undefined;
  } catch {
    return `'${origin}' is not a valid regex`;
  }
};

export const config = record(
  {
    origins: array(string({ check: originProblem }), {
      doc: "Origins that may read responses: `*`, an origin, or a regular expression that the whole origin (or, without a colon in it, its host) has to match. Nothing means any.",
    }),
    headers: array(string(), {
      doc: "Value of Access-Control-Allow-Headers; without it the headers that the client asks for.",
    }),
    exposed_headers: array(string(), { doc: "Value of Access-Control-Expose-Headers." }),
    methods: array(string({ one_of: methods }), {
      default: methods,
      doc: "Value of Access-Control-Allow-Methods.",
    }),
    max_age: number({ doc: "Seconds that a client may keep the answer to a preflight." }),
    credentials: boolean({
      required: true,
      default: false,
      doc: "Send Access-Control-Allow-Credentials: true.",
    }),
    private_network: boolean({
      required: true,
      default: false,
      doc: "Allow access from a public network to a private one, when a preflight asks for it.",
    }),
    preflight_continue: boolean({
      required: true,
      default: false,
      doc: "Leave preflight requests to the upstream.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "cors",
  priority: 2000,
  config,
  protocols: httpProtocols,
  noConsumer: true,
} satisfies PluginDeclaration;
