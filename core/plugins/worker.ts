import { type Missing, type Need, type PluginDefinition, restricted } from "../pdk/index.ts";
import { schema as functionsSchema } from "../pdk/functions/schema.ts";
import type { PluginSchema } from "../schema/index.ts";
import { acl } from "./acl/index.ts";
import { azureFunctions } from "./azure-functions/index.ts";
import { basicAuth } from "./basic-auth/index.ts";
import { botDetection } from "./bot-detection/index.ts";
import { correlationId } from "./correlation-id/index.ts";
import { cors } from "./cors/index.ts";
import { schema as datadogSchema } from "./datadog/schema.ts";
import { schema as fileLogSchema } from "./file-log/schema.ts";
import { hmacAuth } from "./hmac-auth/index.ts";
import { httpLog } from "./http-log/index.ts";
import { ipRestriction } from "./ip-restriction/index.ts";
import { jwt } from "./jwt/index.ts";
import { keyAuth } from "./key-auth/index.ts";
import { schema as ldapAuthSchema } from "./ldap-auth/schema.ts";
import { schema as logglySchema } from "./loggly/schema.ts";
import { oauth2AuthorizationCodes, oauth2Credentials, oauth2Tokens } from "./oauth2/entities.ts";
import { schema as oauth2Schema } from "./oauth2/schema.ts";
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
import { schema as statsdSchema } from "./statsd/schema.ts";
import { schema as tcpLogSchema } from "./tcp-log/schema.ts";
import { schema as udpLogSchema } from "./udp-log/schema.ts";
import { zipkin } from "./zipkin/index.ts";

/** What plugins can't have in a Worker. */
export const workerMissing: Missing = {
  database: "counters of a cluster are in a database, which Workers don't have",
  writes: "it writes rows while it serves, and Workers only read the configuration",
  redis: "Workers keep no connection to Redis between requests",
  files: "Workers have no files",
  sockets: "it keeps a socket open, which Workers don't do between requests",
  datagrams: "Workers send no UDP",
  javascript: "Workers can't run code that comes as text",
};

/** One that no configuration of can run: operators are told why, and what it would do is no part of a Worker. */
const refused = (
  name: string,
  priority: number,
  need: Need,
  schema: PluginSchema,
  entities: PluginDefinition["entities"] = [],
): PluginDefinition => ({
  ...schema,
  name,
  priority,
  entities,
  needs: () => need,
  create() {
    throw new Error(`plugin '${name}' can't run here: ${workerMissing[need]}`);
  },
});

/** The plugins of a Worker. Each runs where the platform lets it; a configuration that needs more is refused by name. */
export const workerPlugins = restricted(
  [
    refused("pre-function", 1_000_000, "javascript", functionsSchema),
    correlationId,
    zipkin,
    botDetection,
    cors,
    session,
    jwt,
    refused("oauth2", 1400, "writes", oauth2Schema, [
      oauth2Credentials,
      oauth2AuthorizationCodes,
      oauth2Tokens,
    ]),
    keyAuth,
    basicAuth,
    refused("ldap-auth", 1200, "sockets", ldapAuthSchema),
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
    refused("statsd", 11, "datagrams", statsdSchema),
    refused("datadog", 10, "datagrams", datadogSchema),
    refused("file-log", 9, "files", fileLogSchema),
    refused("udp-log", 8, "datagrams", udpLogSchema),
    refused("tcp-log", 7, "sockets", tcpLogSchema),
    refused("loggly", 6, "datagrams", logglySchema),
    requestTermination,
    refused("post-function", -1000, "javascript", functionsSchema),
  ],
  workerMissing,
);
