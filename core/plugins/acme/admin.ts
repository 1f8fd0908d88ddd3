import type { AdminAnswer, AdminHost, AdminRoutes, PluginHost } from "../../pdk/index.ts";
import type { CertificateFacts } from "../../ports/acme.ts";
import type { Issuer } from "./issuer.ts";

/** What the Admin API asks a worker. */
export type Question =
  | { readonly wanted: "certificate"; readonly name: string }
  | { readonly wanted: "check"; readonly name: string }
  | { readonly wanted: "renewal" }
  | { readonly wanted: "list"; readonly isOverOnly: boolean }
  | { readonly wanted: "one"; readonly name: string };

const message = (status: number, text: string): AdminAnswer => ({ status, body: { message: text } });
const notFound = message(404, "Not found");

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `2026-11-23 16:40:00` */
const written = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

const shown = (facts: CertificateFacts, nowMs: number): Record<string, unknown> => ({
  digest: facts.digest,
  host: facts.subject,
  issuer_cn: facts.issuer,
  not_before: written(facts.notBeforeMs),
  not_after: written(facts.notAfterMs),
  valid: facts.notBeforeMs < nowMs && nowMs < facts.notAfterMs,
});

/** Milliseconds for the name's own server to answer. */
const checkMs = 10_000;

/** What is wrong with how a name leads here; undefined when all is well. */
const challengeProblem = async (name: string, { fetcher }: PluginHost): Promise<string | undefined> => {
  const url = `http://${name}/.well-known/acme-challenge/x`;
  try {
    const request = { method: "GET", url, headers: [], body: "", timeoutMs: checkMs };
    const { status, body } = await fetcher.ask(request, 65_536);
    const text = new TextDecoder().decode(body);
    return status === 404 && text === "Not found\n" ? undefined : `unexpected response: ${status} ${text}`;
  } catch (error) {
    return textOf(error);
  }
};

const check = async (name: string, host: PluginHost): Promise<AdminAnswer> => {
  const problem = name.includes(":") ? "port is not allowed in host" : await challengeProblem(name, host);
  return problem === undefined
    ? message(200, `sanity test for host ${name} passed`)
    : message(400, `problem found running sanity check for ${name}: ${problem}`);
};

const create = async (name: string, issuer: Issuer): Promise<AdminAnswer> => {
  try {
    if ((await issuer.order(name)) === undefined)
      return message(500, "failed to update certificate: another update is under way");
    return message(201, `certificate for host ${name} is created`);
  } catch (error) {
    return message(500, `failed to update certificate: ${textOf(error)}`);
  }
};

const list = async (isOverOnly: boolean, issuer: Issuer, nowMs: number): Promise<AdminAnswer> => {
  const data = [];
  for (const name of await issuer.names()) {
    const facts = await issuer.factsOf(name);
    if (facts === undefined) continue;
    const one = shown(facts, nowMs);
    if (!isOverOnly || one["valid"] === false) data.push({ ...one, host: name });
  }
  return { status: 200, body: { data } };
};

/** What a worker answers. */
export const answer = async (question: Question, issuer: Issuer, host: PluginHost): Promise<AdminAnswer> => {
  const nowMs = host.clock.nowMs();
  switch (question.wanted) {
    case "certificate":
      return create(question.name, issuer);
    case "check":
      return check(question.name, host);
    case "renewal":
      host.timers.at(0, "acme renewal", () => issuer.renew());
      return message(202, "Renewal process started successfully");
    case "list":
      return list(question.isOverOnly, issuer, nowMs);
    case "one": {
      const facts = await issuer.factsOf(question.name);
      return facts === undefined
        ? message(404, `Certificate for host ${question.name} not found in storage`)
        : { status: 200, body: { data: { ...shown(facts, nowMs), host: question.name } } };
    }
  }
};

const ask = async (host: AdminHost, question: Question): Promise<AdminAnswer> =>
  (await host.ask("acme", question)) ?? notFound;

const isTrue = (value: unknown): boolean => value === true || value === "true";

/** What operators can order, renew and see. */
export const adminRoutes: AdminRoutes = {
  "/acme": {
    POST({ body }, host) {
      const { host: name } = body;
      if (typeof name !== "string" || name === "")
        return message(400, "host must be provided and containing a single domain");
      const wanted = isTrue(body["test_http_challenge_flow"]) ? "check" : "certificate";
      return ask(host, { wanted, name: name.toLowerCase() });
    },
    PATCH: (_, host) => ask(host, { wanted: "renewal" }),
  },
  "/acme/certificates": {
    GET: ({ query }, host) => ask(host, { wanted: "list", isOverOnly: isTrue(query.get("invalid_only")) }),
  },
  "/acme/certificates/:certificates": {
    GET: ({ params }, host) => ask(host, { wanted: "one", name: params["certificates"]!.toLowerCase() }),
  },
};
