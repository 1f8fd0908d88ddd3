import type { Clock } from "../../ports/clock.ts";
import type { Environment } from "../../ports/environment.ts";
import type { Fetcher } from "../../ports/fetcher.ts";
import { type Credentials, type CredentialSource, expiryOf, firstOf, kept } from "./credentials.ts";
import { fromProfile } from "./profile.ts";
import type { Config } from "./schema.ts";
import { signed } from "./signature.ts";
import { askSts, endpointOf, stsRequest } from "./sts.ts";

/** What credentials are looked for with. */
export interface Search {
  readonly environment: Environment | undefined;
  readonly fetcher: Fetcher;
  readonly clock: Clock;
  readonly region: string;
}

const metadataTimeoutMs = 5_000;
const maxBytes = 64 * 1024;
const instance = "http://169.254.169.254/latest";
const container = "http://169.254.170.2";
/** Where plain HTTP leads to no other machine. */
const localHosts = new Set(["localhost", "127.0.0.1", "169.254.170.23", "[fd00:ec2::23]"]);

type Fields = readonly (readonly [string, string])[];

const askMetadata = async (
  fetcher: Fetcher,
  url: string,
  headers: Fields,
  method = "GET",
): Promise<string> => {
  const answer = await fetcher.ask(
    { method, url, headers, body: "", timeoutMs: metadataTimeoutMs },
    maxBytes,
  );
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  return new TextDecoder().decode(answer.body);
};

const fromJson = (text: string): Credentials => {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = JSON.parse(text) as Record<string, unknown>;
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string" || typeof Token !== "string")
    throw new Error("the metadata service answered without credentials");
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
    expiresAtMs: expiryOf(Expiration),
  };
};

/** Variables with keys in them. */
const fromVariables =
  (environment: Environment, prefix: string): CredentialSource =>
  async () => {
    const accessKeyId = environment.variable(`${prefix}_ACCESS_KEY_ID`);
    const secretAccessKey = environment.variable(`${prefix}_SECRET_ACCESS_KEY`);
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw new Error(`${prefix}_ACCESS_KEY_ID is not set`);
    const sessionToken = environment.variable(`${prefix}_SESSION_TOKEN`);
    return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs: Infinity };
  };

/** The agent of a container: ECS, EKS Pod Identity. */
const fromContainer =
  (environment: Environment, fetcher: Fetcher): CredentialSource =>
  async () => {
    const path = environment.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const url =
      path === undefined ? environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") : `${container}${path}`;
    if (url === undefined) throw new Error("AWS_CONTAINER_CREDENTIALS_FULL_URI is not set");
    const { protocol, hostname } = new URL(url);
    const isAllowed = protocol === "https:" || path !== undefined || localHosts.has(hostname);
    if (!isAllowed) throw new Error(`${url} is neither HTTPS nor on this machine`);
    const file = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const token =
      file === undefined
        ? environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        : (await environment.readText(file)).trim();
    return fromJson(await askMetadata(fetcher, url, token === undefined ? [] : [["authorization", token]]));
  };

/** A role for the identity that a file proves: IRSA of EKS. */
const fromWebIdentity =
  (environment: Environment, { fetcher, region }: Search, proxyUrl: string | undefined): CredentialSource =>
  async () => {
    const file = environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
    const role = environment.variable("AWS_ROLE_ARN");
    if (file === undefined || role === undefined) throw new Error("AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    const fields = {
      Action: "AssumeRoleWithWebIdentity",
      RoleArn: role,
      RoleSessionName: environment.variable("AWS_ROLE_SESSION_NAME") ?? "sallyport",
      WebIdentityToken: (await environment.readText(file)).trim(),
    };
    return askSts(fetcher, stsRequest(`https://${endpointOf("sts", region)}/`, fields, proxyUrl));
  };

/** The role of the machine. @param needsSession Without a session (IMDSv2) nothing is read. */
const fromInstance =
  (environment: Environment, fetcher: Fetcher, needsSession: boolean): CredentialSource =>
  async () => {
    if (environment.variable("AWS_EC2_METADATA_DISABLED")?.toLowerCase() === "true")
      throw new Error("AWS_EC2_METADATA_DISABLED is set");
    const terms: Fields = [["x-aws-ec2-metadata-token-ttl-seconds", "300"]];
    const session = askMetadata(fetcher, `${instance}/api/token`, terms, "PUT");
    // Instances that ask for one refuse all else, those that know none answer without.
    const token = needsSession ? await session : await session.catch(() => undefined);
    const headers: Fields = token === undefined ? [] : [["x-aws-ec2-metadata-token", token]];
    const roles = `${instance}/meta-data/iam/security-credentials/`;
    const role = (await askMetadata(fetcher, roles, headers)).trim();
    return fromJson(await askMetadata(fetcher, roles + encodeURIComponent(role), headers));
  };

/** The credentials that a configuration leads to, each fetched when it is needed and kept while it lasts. */
export const credentialsOf = (config: Config, search: Search): CredentialSource => {
  const { environment, fetcher, clock, region } = search;
  const proxyUrl = config.proxy_url ?? undefined;
  const found = (): CredentialSource => {
    if (config.aws_key !== null && config.aws_secret !== null) {
      const keys = { accessKeyId: config.aws_key, secretAccessKey: config.aws_secret, expiresAtMs: Infinity };
      return () => Promise.resolve(keys);
    }
    if (environment === undefined) return () => Promise.reject(new Error("no AWS credentials available"));
    return firstOf([
      fromVariables(environment, "AWS"),
      fromVariables(environment, "AMAZON"),
      fromProfile(environment),
      fromContainer(environment, fetcher),
      fromWebIdentity(environment, search, proxyUrl),
      fromInstance(environment, fetcher, config.aws_imds_protocol_version === "v2"),
    ]);
  };
  const own = kept(found(), clock);
  const role = config.aws_assume_role_arn;
  if (role === null) return own;
  const endpoint = config.aws_sts_endpoint_url ?? `https://${endpointOf("sts", region)}/`;
  const fields = {
    Action: "AssumeRole",
    RoleArn: role,
    RoleSessionName: config.aws_role_session_name ?? "kong",
  };
  return kept(async () => {
    const request = stsRequest(endpoint, fields, proxyUrl);
    return askSts(fetcher, await signed(request, { service: "sts", region }, await own(), clock.nowMs()));
  }, clock);
};
