import type { PluginDefinition } from "../pdk/index.ts";
import { acl } from "./acl/index.ts";
import { acme } from "./acme/index.ts";
import { aiPromptDecorator } from "./ai-prompt-decorator/index.ts";
import { aiPromptGuard } from "./ai-prompt-guard/index.ts";
import { aiPromptTemplate } from "./ai-prompt-template/index.ts";
import { azureFunctions } from "./azure-functions/index.ts";
import { basicAuth } from "./basic-auth/index.ts";
import { botDetection } from "./bot-detection/index.ts";
import { correlationId } from "./correlation-id/index.ts";
import { cors } from "./cors/index.ts";
import { datadog } from "./datadog/index.ts";
import { fileLog } from "./file-log/index.ts";
import { hmacAuth } from "./hmac-auth/index.ts";
import { httpLog } from "./http-log/index.ts";
import { ipRestriction } from "./ip-restriction/index.ts";
import { jwt } from "./jwt/index.ts";
import { keyAuth } from "./key-auth/index.ts";
import { ldapAuth } from "./ldap-auth/index.ts";
import { loggly } from "./loggly/index.ts";
import { oauth2 } from "./oauth2/index.ts";
import { opentelemetry } from "./opentelemetry/index.ts";
import { postFunction } from "./post-function/index.ts";
import { preFunction } from "./pre-function/index.ts";
import { prometheus } from "./prometheus/index.ts";
import { proxyCache } from "./proxy-cache/index.ts";
import { rateLimiting } from "./rate-limiting/index.ts";
import { rateLimitingSliding } from "./rate-limiting-sliding/index.ts";
import { redirect } from "./redirect/index.ts";
import { requestSizeLimiting } from "./request-size-limiting/index.ts";
import { requestTermination } from "./request-termination/index.ts";
import { requestTransformer } from "./request-transformer/index.ts";
import { responseRatelimiting } from "./response-ratelimiting/index.ts";
import { responseTransformer } from "./response-transformer/index.ts";
import { session } from "./session/index.ts";
import { standardWebhooks } from "./standard-webhooks/index.ts";
import { statsd } from "./statsd/index.ts";
import { tcpLog } from "./tcp-log/index.ts";
import { udpLog } from "./udp-log/index.ts";
import { zipkin } from "./zipkin/index.ts";

/** The plugins that come with the gateway (`plugins = bundled`). */
export const bundledPlugins: readonly PluginDefinition[] = [
  preFunction,
  correlationId,
  zipkin,
  botDetection,
  cors,
  session,
  acme,
  jwt,
  oauth2,
  keyAuth,
  basicAuth,
  ldapAuth,
  hmacAuth,
  ipRestriction,
  requestSizeLimiting,
  acl,
  rateLimiting,
  rateLimitingSliding,
  responseRatelimiting,
  requestTransformer,
  responseTransformer,
  redirect,
  aiPromptTemplate,
  aiPromptDecorator,
  aiPromptGuard,
  standardWebhooks,
  azureFunctions,
  proxyCache,
  opentelemetry,
  prometheus,
  httpLog,
  statsd,
  datadog,
  fileLog,
  udpLog,
  tcpLog,
  loggly,
  requestTermination,
  postFunction,
];
