import { type PluginDeclaration, type PluginDefinition, restricted } from "../pdk/index.ts";
import { acl } from "./acl/index.ts";
import { aiPromptDecorator } from "./ai-prompt-decorator/index.ts";
import { aiPromptGuard } from "./ai-prompt-guard/index.ts";
import { aiPromptTemplate } from "./ai-prompt-template/index.ts";
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
import { rateLimitingSliding } from "./rate-limiting-sliding/index.ts";
import { rateLimiting } from "./rate-limiting/index.ts";
import { redirect } from "./redirect/index.ts";
import { requestSizeLimiting } from "./request-size-limiting/index.ts";
import { requestTermination } from "./request-termination/index.ts";
import { requestTransformer } from "./request-transformer/index.ts";
import { responseRatelimiting } from "./response-ratelimiting/index.ts";
import { responseTransformer } from "./response-transformer/index.ts";
import { session } from "./session/index.ts";
import { standardWebhooks } from "./standard-webhooks/index.ts";
import { zipkin } from "./zipkin/index.ts";
import { declaredPlugins, workerMissing } from "./declared.ts";

/** Those that can run in a Worker, in some configurations at least. */
const running: readonly PluginDefinition[] = [
  correlationId,
  zipkin,
  botDetection,
  cors,
  session,
  jwt,
  keyAuth,
  basicAuth,
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
  requestTermination,
];

/** One that can't: operators are told why, and what it would do is no part of a Worker. */
const refused = (declaration: PluginDeclaration): PluginDefinition => ({
  ...declaration,
  create() {
    throw new Error(`plugin '${declaration.name}' can't run here`);
  },
});

/** The plugins of a Worker. Each runs where the platform lets it; a configuration that needs more is refused by name. */
export const workerPlugins = restricted(
  declaredPlugins.map(
    (declaration) => running.find(({ name }) => name === declaration.name) ?? refused(declaration),
  ),
  workerMissing,
);
