import type { PluginDefinition } from "../pdk/index.ts";
import { acl } from "./acl/index.ts";
import { aiPromptDecorator } from "./ai-prompt-decorator/index.ts";
import { aiPromptGuard } from "./ai-prompt-guard/index.ts";
import { aiPromptTemplate } from "./ai-prompt-template/index.ts";
import { awsLambda } from "./aws-lambda/index.ts";
import { azureFunctions } from "./azure-functions/index.ts";
import { basicAuth } from "./basic-auth/index.ts";
import { botDetection } from "./bot-detection/index.ts";
import { correlationId } from "./correlation-id/index.ts";
import { cors } from "./cors/index.ts";
import { hmacAuth } from "./hmac-auth/index.ts";
import { httpLog } from "./http-log/index.ts";
import { ipRestriction } from "./ip-restriction/index.ts";
import { jwt } from "./jwt/index.ts";
import { keyAuth } from "./key-auth/index.ts";
import { opentelemetry } from "./opentelemetry/index.ts";
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
import { zipkin } from "./zipkin/index.ts";

/** Those that run anywhere, in some configurations at least. */
export const portablePlugins: readonly PluginDefinition[] = [
  acl,
  aiPromptDecorator,
  aiPromptGuard,
  aiPromptTemplate,
  awsLambda,
  azureFunctions,
  basicAuth,
  botDetection,
  correlationId,
  cors,
  hmacAuth,
  httpLog,
  ipRestriction,
  jwt,
  keyAuth,
  opentelemetry,
  prometheus,
  proxyCache,
  rateLimiting,
  rateLimitingSliding,
  redirect,
  requestSizeLimiting,
  requestTermination,
  requestTransformer,
  responseRatelimiting,
  responseTransformer,
  session,
  standardWebhooks,
  zipkin,
];
