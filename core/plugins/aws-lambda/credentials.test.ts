import { describe, expect, test } from "vitest";
import { lambda, reply, type Served } from "../../../test/support/lambda.ts";
import type { FetcherAnswer, FetcherRequest } from "../../ports/fetcher.ts";
import { workerDeclarations, workerMissing } from "../declared.ts";
import { missingFor } from "../../pdk/index.ts";

const temporary = (config: Record<string, unknown> = {}): Record<string, unknown> => ({
  aws_key: null,
  aws_secret: null,
  ...config,
});

/** A gateway in surroundings, with the answers of the services that know credentials. */
const inside = (
  variables: Readonly<Record<string, string>>,
  replies: readonly FetcherAnswer[],
  config: Record<string, unknown> = {},
): Served => {
  const all = lambda(temporary(config), replies);
  for (const [name, value] of Object.entries(variables)) all.ports.environment.variables.set(name, value);
  all.ports.environment.files.set("/token", "proof\n");
  return all;
};

const expiration = "2023-11-14T23:13:20Z";
const asJson = (key: string): FetcherAnswer =>
  reply({ AccessKeyId: key, SecretAccessKey: "s", Token: "t", Expiration: expiration });
const asXml = (key: string, until = expiration): FetcherAnswer =>
  reply(
    `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  );
const refused = reply("", { status: 403 });

const header = ({ headers }: FetcherRequest, name: string): string | undefined =>
  headers.find(([found]) => found.toLowerCase() === name)?.[1];
const signer = (request: FetcherRequest): string | undefined =>
  /Credential=(\w+)\//.exec(header(request, "authorization") ?? "")?.[1];
const asked = ({ ports }: Served): string[] =>
  ports.fetcher.sent.map(({ method, url }) => `${method} ${url}`);
const invocation = "POST https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/f/invocations";
const sts = "POST https://sts.us-east-1.amazonaws.com/";
const metadata = "http://169.254.169.254/latest";
const roles = `${metadata}/meta-data/iam/security-credentials/`;

test.each(["AWS", "AMAZON"])("variables of %s have keys", async (prefix) => {
  const all = inside(
    {
      [`${prefix}_ACCESS_KEY_ID`]: "ENV",
      [`${prefix}_SECRET_ACCESS_KEY`]: "s",
      [`${prefix}_SESSION_TOKEN`]: "session",
    },
    [reply()],
  );
  await all.ask();
  expect([signer(all.sent()), header(all.sent(), "x-amz-security-token")]).toEqual(["ENV", "session"]);
});

describe("a profile in the files of AWS", () => {
  const keysOf = (key: string): string =>
    `aws_access_key_id=${key}\nAWS_SECRET_ACCESS_KEY = s=/+ \n# no = setting\n; neither = this\n`;
  const files = {
    "/home/ada/.aws/credentials": `[default]\r\n${keysOf("HOME")}[work]\naws_session_token=session\n${keysOf("WORK")}`,
    "/home/ada/.aws/config": `[default]\nregion = eu-west-1\n${keysOf("LESS")}[work]\n${keysOf("WRONG")}[profile  far]\ns3 =\n  aws_access_key_id = NESTED\n${keysOf("FAR")}[profile none]\nrole_arn = arn:r\n`,
    "/elsewhere": `[default]\n${keysOf("ELSE")}`,
  };
  const signed = async (variables: Readonly<Record<string, string>>) => {
    const all = inside({ AWS_EC2_METADATA_DISABLED: "true", ...variables }, [reply()]);
    for (const [path, text] of Object.entries(files)) all.ports.environment.files.set(path, text);
    const { status } = await all.ask();
    return status === 200 ? [signer(all.sent()), header(all.sent(), "x-amz-security-token")] : status;
  };
  const HOME = "/home/ada";

  test.each([
    [{ HOME }, ["HOME", undefined]],
    [{ HOME, AWS_PROFILE: "work" }, ["WORK", "session"]],
    [{ HOME, AWS_PROFILE: "far" }, ["FAR", undefined]],
    [{ HOME, AWS_SHARED_CREDENTIALS_FILE: "/elsewhere" }, ["ELSE", undefined]],
    [{ AWS_CONFIG_FILE: "/elsewhere" }, ["ELSE", undefined]],
    [{ HOME, AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "s" }, ["ENV", undefined]],
    [{ HOME, AWS_PROFILE: "none" }, 500],
    [{ HOME, AWS_PROFILE: "__proto__" }, 500],
    [{ HOME: "/nowhere" }, 500],
    [{}, 500],
  ])("with %j signs as %j", async (variables, expected) => {
    expect(await signed(variables)).toEqual(expected);
  });
});

describe("the agent of a container", () => {
  const uri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
  test.each([
    [{ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/x" }, "http://169.254.170.2/v2/x", undefined],
    [{ [uri]: "http://169.254.170.23/v1" }, "http://169.254.170.23/v1", undefined],
    [
      { [uri]: "https://any.test/", AWS_CONTAINER_AUTHORIZATION_TOKEN: "bearer" },
      "https://any.test/",
      "bearer",
    ],
    [
      { [uri]: "http://localhost/", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token" },
      "http://localhost/",
      "proof",
    ],
  ])("%j is asked", async (variables, url, token) => {
    const all = inside(variables, [asJson("ECS"), reply()]);
    await all.ask();
    expect(asked(all)).toEqual([`GET ${url}`, invocation]);
    expect(header(all.ports.fetcher.sent[0]!, "authorization")).toBe(token);
    expect([signer(all.sent()), header(all.sent(), "x-amz-security-token")]).toEqual(["ECS", "t"]);
  });

  test("is asked by plain HTTP on this machine only", async () => {
    const all = inside({ [uri]: "http://any.test/", AWS_EC2_METADATA_DISABLED: "true" }, []);
    expect([(await all.ask()).status, asked(all)]).toEqual([500, []]);
  });
});

test("the identity in a file gets a role from STS", async () => {
  const all = inside(
    { AWS_WEB_IDENTITY_TOKEN_FILE: "/token", AWS_ROLE_ARN: "arn:r", AWS_ROLE_SESSION_NAME: "me" },
    [asXml("WEB"), reply()],
  );
  await all.ask();
  expect(asked(all)).toEqual([sts, invocation]);
  const [first] = all.ports.fetcher.sent;
  expect(first!.body).toBe(
    "Action=AssumeRoleWithWebIdentity&RoleArn=arn%3Ar&RoleSessionName=me&WebIdentityToken=proof&Version=2011-06-15",
  );
  expect([header(first!, "authorization"), signer(all.sent())]).toEqual([undefined, "WEB"]);
});

describe("the metadata of the instance", () => {
  test("is read in a session", async () => {
    const all = inside({}, [reply("session"), reply("role"), asJson("EC2"), reply()]);
    await all.ask();
    expect(asked(all)).toEqual([`PUT ${metadata}/api/token`, `GET ${roles}`, `GET ${roles}role`, invocation]);
    expect(header(all.ports.fetcher.sent[2]!, "x-aws-ec2-metadata-token")).toBe("session");
    expect(signer(all.sent())).toBe("EC2");
  });

  test("is read without one where there is none, but not by v2", async () => {
    const answers = [refused, reply("role"), asJson("EC2"), reply()];
    expect((await inside({}, answers).ask()).status).toBe(200);
    expect((await inside({}, answers, { aws_imds_protocol_version: "v2" }).ask()).status).toBe(500);
  });

  test("is left alone when the environment says so", async () => {
    const all = inside({ AWS_EC2_METADATA_DISABLED: "true" }, []);
    expect([(await all.ask()).status, asked(all)]).toEqual([500, []]);
  });
});

describe("a role", () => {
  test("is taken on with the keys, for a named session, at an endpoint", async () => {
    const config = {
      aws_assume_role_arn: "arn:r",
      aws_role_session_name: "me",
      aws_sts_endpoint_url: "https://sts.test/",
      proxy_url: "http://proxy.test:1",
    };
    const all = lambda(config, [asXml("ROLE"), reply()]);
    await all.ask();
    const [first] = all.ports.fetcher.sent;
    expect(first).toMatchObject({ url: "https://sts.test/", proxyUrl: "http://proxy.test:1" });
    expect(first!.body).toBe("Action=AssumeRole&RoleArn=arn%3Ar&RoleSessionName=me&Version=2011-06-15");
    expect(header(first!, "authorization")).toMatch(/Credential=AKID\/\d+\/us-east-1\/sts\//);
    expect(signer(all.sent())).toBe("ROLE");
  });

  test("that is refused is an error", async () => {
    const all = lambda({ aws_assume_role_arn: "arn:r" }, [refused]);
    expect([(await all.ask()).status, asked(all)]).toEqual([500, [sts]]);
  });
});

describe("credentials for an hour", () => {
  const config = { aws_assume_role_arn: "arn:r" };
  // The clock begins at 22:13:20.
  test("serve until a minute before it is over", async () => {
    const all = lambda(config, [
      asXml("ONE"),
      reply(),
      reply(),
      asXml("TWO", "2023-11-15T00:13:20Z"),
      reply(),
    ]);
    await all.ask();
    all.clock.advance(59 * 60_000 - 1);
    await all.ask();
    all.clock.advance(1);
    await all.ask();
    expect(all.ports.fetcher.sent.map(signer)).toEqual(["AKID", "ONE", "ONE", "AKID", "TWO"]);
  });

  test("are fetched once for all who wait", async () => {
    const all = lambda(config, [asXml("ONE"), reply(), reply()]);
    await Promise.all([all.ask(), all.ask()]);
    expect(asked(all)).toEqual([sts, invocation, invocation]);
  });

  test("serve to their end when they can't be renewed, and no longer", async () => {
    const all = lambda(config, [asXml("ONE"), reply(), refused, reply(), refused]);
    await all.ask();
    all.clock.advance(3_600_000 - 1);
    expect((await all.ask()).status).toBe(200);
    all.clock.advance(1);
    expect((await all.ask()).status).toBe(500);
  });
});

test.each([
  [{}, undefined],
  [{ aws_assume_role_arn: "arn:r" }, undefined],
  [{ aws_key: null }, workerMissing.environment],
  [{ aws_region: null }, workerMissing.environment],
  [{ proxy_url: "http://proxy.test" }, workerMissing.proxies],
])("with %j the edge says %s", (more, reason) => {
  const plugin = workerDeclarations.find(({ name }) => name === "aws-lambda")!;
  const config = { aws_key: "k", aws_region: "r", proxy_url: null, ...more };
  expect(missingFor(plugin, config, workerMissing)).toBe(reason);
});
