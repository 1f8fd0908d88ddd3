import type { PluginDeclaration } from "../../pdk/index.ts";
import {
  boolean,
  customCheck,
  host,
  httpProtocols,
  type Infer,
  integer,
  mutuallyRequired,
  number,
  port,
  record,
  string,
  url,
} from "../../schema/index.ts";

export const config = record(
  {
    timeout: number({ required: true, default: 60_000, doc: "Milliseconds to wait for the function." }),
    keepalive: number({
      required: true,
      default: 60_000,
      doc: "Without effect: connections are the platform's.",
    }),
    aws_key: string({
      encrypted: true,
      referenceable: true,
      doc: "The access key to sign with; without one the environment is searched for credentials.",
    }),
    aws_secret: string({ encrypted: true, referenceable: true, doc: "The secret of the access key." }),
    aws_assume_role_arn: string({
      encrypted: true,
      referenceable: true,
      doc: "The role to take on before the function is invoked.",
    }),
    aws_role_session_name: string({ default: "kong", doc: "What the session in that role is called." }),
    aws_sts_endpoint_url: url({ doc: "Where the role is asked for, in place of the region's own STS." }),
    aws_region: host({
      doc: "The region of the function; default what AWS_REGION or AWS_DEFAULT_REGION says.",
    }),
    function_name: string({ doc: "The function: its name, or its ARN, which may be partial." }),
    qualifier: string({ doc: "The version or alias of the function." }),
    invocation_type: string({
      required: true,
      default: "RequestResponse",
      one_of: ["RequestResponse", "Event", "DryRun"],
      doc: "Whether to wait for the function, only to start it, or only to ask whether it could be.",
    }),
    log_type: string({
      required: true,
      default: "Tail",
      one_of: ["Tail", "None"],
      doc: "Whether the end of the function's log comes with its answer.",
    }),
    host: host({ doc: "Where functions are invoked, in place of the region's own endpoint." }),
    port: port({ default: 443, doc: "The port of that." }),
    disable_https: boolean({ default: false, doc: "Ask by plain HTTP." }),
    unhandled_status: integer({
      between: [100, 999],
      doc: "The status for functions that end with an error that they did not handle.",
    }),
    forward_request_method: boolean({ default: false, doc: "Send the method, as request_method." }),
    forward_request_uri: boolean({
      default: false,
      doc: "Send the target and its arguments, as request_uri and request_uri_args.",
    }),
    forward_request_headers: boolean({ default: false, doc: "Send the headers, as request_headers." }),
    forward_request_body: boolean({
      default: false,
      doc: "Send the body and the arguments in it, as request_body and request_body_args.",
    }),
    is_proxy_integration: boolean({
      default: false,
      doc: "The function answers with status, headers and body, in the format of API Gateway.",
    }),
    awsgateway_compatible: boolean({
      default: false,
      doc: "Send the request as API Gateway does (version 1.0).",
    }),
    proxy_url: url({ doc: "The HTTP proxy on the way to AWS." }),
    skip_large_bodies: boolean({
      default: true,
      doc: "Leave out bodies that are larger than `client_body_buffer_size`.",
    }),
    base64_encode_body: boolean({
      default: true,
      doc: "Send bodies in base64, unless they are known to be text.",
    }),
    aws_imds_protocol_version: string({
      required: true,
      default: "v1",
      one_of: ["v1", "v2"],
      doc: "Whether the metadata of the instance may be read without a session (v1) or not (v2).",
    }),
    empty_arrays_mode: string({
      required: true,
      default: "legacy",
      one_of: ["legacy", "correct"],
      doc: "Whether empty lists in the function's JSON become empty objects, as they long did, or stay.",
    }),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

export const schema = {
  name: "aws-lambda",
  priority: 750,
  config,
  protocols: httpProtocols,
  checks: [
    mutuallyRequired("config.aws_key", "config.aws_secret"),
    customCheck<{ readonly config?: Partial<Config> | null }>({
      field_sources: ["config.proxy_url"],
      check({ config: given }) {
        const scheme = /^([^:]+):\/\//.exec(given?.proxy_url ?? "")?.[1];
        return scheme === undefined || scheme === "http" ? undefined : "proxy_url scheme must be http";
      },
    }),
  ],
  needs(given) {
    const { aws_key: key, aws_region: region, proxy_url: proxy } = given as Config;
    if (key === null || region === null) return "environment";
    return proxy === null ? undefined : "proxies";
  },
} satisfies PluginDeclaration;
