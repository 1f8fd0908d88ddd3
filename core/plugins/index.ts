import type { PluginDefinition } from "../pdk/index.ts";
import { acme } from "./acme/index.ts";
import { datadog } from "./datadog/index.ts";
import { fileLog } from "./file-log/index.ts";
import { grpcGateway } from "./grpc-gateway/index.ts";
import { grpcWeb } from "./grpc-web/index.ts";
import { ldapAuth } from "./ldap-auth/index.ts";
import { loggly } from "./loggly/index.ts";
import { oauth2 } from "./oauth2/index.ts";
import { postFunction } from "./post-function/index.ts";
import { preFunction } from "./pre-function/index.ts";
import { statsd } from "./statsd/index.ts";
import { syslog } from "./syslog/index.ts";
import { tcpLog } from "./tcp-log/index.ts";
import { udpLog } from "./udp-log/index.ts";
import { portablePlugins } from "./portable.ts";

/** The plugins that come with the gateway (`plugins = bundled`): the portable ones, and those that only a node can run. */
export const bundledPlugins: readonly PluginDefinition[] = [
  ...portablePlugins,
  acme,
  datadog,
  fileLog,
  grpcGateway,
  grpcWeb,
  ldapAuth,
  loggly,
  oauth2,
  postFunction,
  preFunction,
  statsd,
  syslog,
  tcpLog,
  udpLog,
];
