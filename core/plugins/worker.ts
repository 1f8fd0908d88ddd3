import { type PluginDeclaration, type PluginDefinition, restricted } from "../pdk/index.ts";
import { acl } from "./acl/index.ts";
import { schema as acmeSchema } from "./acme/schema.ts";
import { azureFunctions } from "./azure-functions/index.ts";
import { basicAuth } from "./basic-auth/index.ts";
import { botDetection } from "./bot-detection/index.ts";
import { correlationId } from "./correlation-id/index.ts";
import { cors } from "./cors/index.ts";
import { workerMissing } from "./declared.ts";
import { schema as datadogSchema } from "./datadog/schema.ts";
import { schema as fileLogSchema } from "./file-log/schema.ts";
import { hmacAuth } from "./hmac-auth/index.ts";
import { httpLog } from "./http-log/index.ts";
import { ipRestriction } from "./ip-restriction/index.ts";
import { jwt } from "./jwt/index.ts";
import { keyAuth } from "./key-auth/index.ts";
import { schema as ldapAuthSchema } from "./ldap-auth/schema.ts";
import { schema as logglySchema } from "./loggly/schema.ts";
import { schema as oauth2Schema } from "./oauth2/schema.ts";
import { opentelemetry } from "./opentelemetry/index.ts";
import { schema as postFunctionSchema } from "./post-function/schema.ts";
import { schema as preFunctionSchema } from "./pre-function/schema.ts";
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
import { schema as statsdSchema } from "./statsd/schema.ts";
import { schema as tcpLogSchema } from "./tcp-log/schema.ts";
import { schema as udpLogSchema } from "./udp-log/schema.ts";
import { zipkin } from "./zipkin/index.ts";

/** One that no configuration of can run: operators are told why, and what it would do is no part of a Worker. */
const refused = (declaration: PluginDeclaration): PluginDefinition => ({
  ...declaration,
  create() {
    throw new Error(`plugin '${declaration.name}' can't run here`);
  },
});

/** The plugins of a Worker. Each runs where the platform lets it; a configuration that needs more is refused by name. */
export const workerPlugins = restricted(
  [
    refused(preFunctionSchema),
    correlationId,
    zipkin,
    botDetection,
    cors,
    session,
    refused(acmeSchema),
    jwt,
    refused(oauth2Schema),
    keyAuth,
    basicAuth,
    refused(ldapAuthSchema),
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
    standardWebhooks,
    azureFunctions,
    proxyCache,
    opentelemetry,
    prometheus,
    httpLog,
    refused(statsdSchema),
    refused(datadogSchema),
    refused(fileLogSchema),
    refused(udpLogSchema),
    refused(tcpLogSchema),
    refused(logglySchema),
    requestTermination,
    refused(postFunctionSchema),
  ],
  workerMissing,
);
