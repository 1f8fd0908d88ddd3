import { type Missing, type PluginDeclaration, restricted } from "../pdk/index.ts";
import { schema as acl } from "./acl/schema.ts";
import { schema as acme } from "./acme/schema.ts";
import { schema as aiPromptDecorator } from "./ai-prompt-decorator/schema.ts";
import { schema as aiPromptGuard } from "./ai-prompt-guard/schema.ts";
import { schema as aiPromptTemplate } from "./ai-prompt-template/schema.ts";
import { schema as awsLambda } from "./aws-lambda/schema.ts";
import { schema as azureFunctions } from "./azure-functions/schema.ts";
import { schema as basicAuth } from "./basic-auth/schema.ts";
import { schema as botDetection } from "./bot-detection/schema.ts";
import { schema as correlationId } from "./correlation-id/schema.ts";
import { schema as cors } from "./cors/schema.ts";
import { schema as datadog } from "./datadog/schema.ts";
import { schema as fileLog } from "./file-log/schema.ts";
import { schema as grpcGateway } from "./grpc-gateway/schema.ts";
import { schema as grpcWeb } from "./grpc-web/schema.ts";
import { schema as hmacAuth } from "./hmac-auth/schema.ts";
import { schema as httpLog } from "./http-log/schema.ts";
import { schema as ipRestriction } from "./ip-restriction/schema.ts";
import { schema as jwt } from "./jwt/schema.ts";
import { schema as keyAuth } from "./key-auth/schema.ts";
import { schema as ldapAuth } from "./ldap-auth/schema.ts";
import { schema as loggly } from "./loggly/schema.ts";
import { schema as oauth2 } from "./oauth2/schema.ts";
import { schema as opentelemetry } from "./opentelemetry/schema.ts";
import { schema as postFunction } from "./post-function/schema.ts";
import { schema as preFunction } from "./pre-function/schema.ts";
import { schema as prometheus } from "./prometheus/schema.ts";
import { schema as proxyCache } from "./proxy-cache/schema.ts";
import { schema as rateLimiting } from "./rate-limiting/schema.ts";
import { schema as rateLimitingSliding } from "./rate-limiting-sliding/schema.ts";
import { schema as redirect } from "./redirect/schema.ts";
import { schema as requestSizeLimiting } from "./request-size-limiting/schema.ts";
import { schema as requestTermination } from "./request-termination/schema.ts";
import { schema as requestTransformer } from "./request-transformer/schema.ts";
import { schema as responseRatelimiting } from "./response-ratelimiting/schema.ts";
import { schema as responseTransformer } from "./response-transformer/schema.ts";
import { schema as session } from "./session/schema.ts";
import { schema as standardWebhooks } from "./standard-webhooks/schema.ts";
import { schema as statsd } from "./statsd/schema.ts";
import { schema as syslog } from "./syslog/schema.ts";
import { schema as tcpLog } from "./tcp-log/schema.ts";
import { schema as udpLog } from "./udp-log/schema.ts";
import { schema as zipkin } from "./zipkin/schema.ts";

/** The bundled plugins without their code, for who only configures them. */
export const declaredPlugins: readonly PluginDeclaration[] = [
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
  grpcGateway,
  redirect,
  aiPromptTemplate,
  aiPromptDecorator,
  aiPromptGuard,
  standardWebhooks,
  awsLambda,
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
  syslog,
  grpcWeb,
  requestTermination,
  postFunction,
];

/** What plugins can't have in a Worker. */
export const workerMissing: Missing = {
  database: "it keeps what it counts or writes in a database, which Workers don't have",
  writes: "it writes rows while it serves, and Workers only read the configuration",
  redis: "Workers keep no connection to Redis between requests",
  files: "Workers have no files",
  sockets: "it keeps a socket open, which Workers don't do between requests",
  datagrams: "Workers send no UDP",
  grpc: "Workers can't speak gRPC to upstreams",
  syslog: "Workers have no system log",
  certificates: "certificates of Workers are the platform's",
  environment: "Workers have no AWS account to find: configure aws_region, aws_key and aws_secret",
  proxies: "Workers fetch through no proxy",
  javascript: "Workers can't run code that comes as text",
};

/** The plugins of a Worker, declared. @see workerPlugins */
export const workerDeclarations = restricted(declaredPlugins, workerMissing);
