import { HeaderList } from "../../core/index.ts";
import { gatewayOn, oneRoute, type TestGateway } from "../../testing/index.ts";
import type { MemoryRequest } from "../../adapters/memory/index.ts";

export const ada = "3f4b7c1e-98a5-4d1f-8a52-3f2f6b1d7c11";
export const redirect = "http://app.test/cb?own=1";
export const clients = [
  { name: "app", client_id: "app", client_secret: "s3cret", redirect_uris: [redirect, "http://app.test/b"] },
  { name: "other", client_id: "other", client_secret: "s", redirect_uris: ["http://other.test/"] },
  { name: "machine", client_id: "machine", client_secret: "m:x" },
  { name: "phone", client_id: "phone", client_type: "public", redirect_uris: ["app://phone/cb"] },
];
export const consumers = [
  { id: ada, username: "ada", custom_id: "c-ada", oauth2_credentials: clients },
  { username: "nobody" },
];
export const all = {
  enable_authorization_code: true,
  enable_implicit_grant: true,
  enable_client_credentials: true,
  enable_password_grant: true,
  provision_key: "provision",
  scopes: ["read", "write"],
};

export type Config = Record<string, unknown>;
export const world = (config: Config = {}, more: Record<string, unknown> = {}): TestGateway =>
  gatewayOn(oneRoute([{ name: "oauth2", config: { ...all, ...config } }], { consumers, ...more }));

export const tls = { connection: { tls: { serverName: undefined } } } as unknown as MemoryRequest;
export const form = { headers: [["Content-Type", "application/x-www-form-urlencoded"]] as const };

export interface Told {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Record<string, unknown>;
}

export const ask = async ({ client }: TestGateway, request: MemoryRequest): Promise<Told> => {
  const { status, headers, body } = await client.send(request);
  return { status, headers, body: body === "" ? {} : (JSON.parse(body) as Record<string, unknown>) };
};

export const post = (gateway: TestGateway, endpoint: string, fields: Config, rest: MemoryRequest = {}) =>
  ask(gateway, {
    ...tls,
    ...form,
    method: "POST",
    target: `/t/oauth2/${endpoint}`,
    body: new URLSearchParams(fields as Record<string, string>).toString(),
    ...rest,
  });

export const app = { client_id: "app", client_secret: "s3cret" };
export const user = { provision_key: "provision", authenticated_userid: "u-1" };
export const authorization = { ...user, client_id: "app", response_type: "code" };

export const codeOf = ({ body }: Told): string =>
  new URL(String(body["redirect_uri"])).searchParams.get("code") ?? "";
export const granted = async (gateway: TestGateway, more: Config = {}): Promise<string> =>
  codeOf(await post(gateway, "authorize", { ...authorization, ...more }));
export const byCode = async (gateway: TestGateway, more: Config = {}): Promise<Told> =>
  post(gateway, "token", { ...app, grant_type: "authorization_code", code: await granted(gateway, more) });
export const machine = { client_id: "machine", client_secret: "m:x", grant_type: "client_credentials" };

export const use = async (gateway: TestGateway, request: MemoryRequest) => {
  const response = await gateway.client.send({ target: "/t", ...request });
  const sent = gateway.upstream.sent.at(-1);
  return { response, sent, fields: new HeaderList(sent?.request.headers) };
};
export const bearer = (token: unknown, scheme = "Bearer"): MemoryRequest => ({
  headers: [["Authorization", `${scheme} ${String(token)}`]],
});
