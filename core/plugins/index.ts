import type { PluginDefinition } from "../pdk/index.ts";
import { acl } from "./acl/index.ts";
import { basicAuth } from "./basic-auth/index.ts";
import { botDetection } from "./bot-detection/index.ts";
import { correlationId } from "./correlation-id/index.ts";
import { cors } from "./cors/index.ts";
import { fileLog } from "./file-log/index.ts";
import { hmacAuth } from "./hmac-auth/index.ts";
import { httpLog } from "./http-log/index.ts";
import { ipRestriction } from "./ip-restriction/index.ts";
import { jwt } from "./jwt/index.ts";
import { keyAuth } from "./key-auth/index.ts";
import { opentelemetry } from "./opentelemetry/index.ts";
import { prometheus } from "./prometheus/index.ts";
import { proxyCache } from "./proxy-cache/index.ts";
import { rateLimiting } from "./rate-limiting/index.ts";
import { redirect } from "./redirect/index.ts";
import { requestSizeLimiting } from "./request-size-limiting/index.ts";
import { requestTermination } from "./request-termination/index.ts";
import { requestTransformer } from "./request-transformer/index.ts";
import { responseRatelimiting } from "./response-ratelimiting/index.ts";
import { responseTransformer } from "./response-transformer/index.ts";
import { zipkin } from "./zipkin/index.ts";

/** The plugins that come with the gateway (`plugins = bundled`). */
export const bundledPlugins: readonly PluginDefinition[] = [
  correlationId,
  zipkin,
  botDetection,
  cors,
  jwt,
  keyAuth,
  basicAuth,
  hmacAuth,
  ipRestriction,
  requestSizeLimiting,
  acl,
  rateLimiting,
  responseRatelimiting,
  requestTransformer,
  responseTransformer,
  redirect,
  proxyCache,
  opentelemetry,
  prometheus,
  httpLog,
  fileLog,
  requestTermination,
];
