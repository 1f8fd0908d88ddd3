import { expect, test } from "vitest";
import corpus from "../../../test/corpora/json-web-signature.json" with { type: "json" };
import { memoryPorts } from "../../../adapters/memory/index.ts";
import { toBase64 } from "../../http/base64.ts";
import { type AlgorithmName, algorithmNames, makeVerifier } from "./algorithm.ts";
import { parseSigned } from "./token.ts";

interface Group {
  readonly comment: string;
  readonly key: Readonly<Record<string, string>>;
  readonly tests: readonly { tcId: number; comment: string; jws: unknown; result: string; flags: string[] }[];
}

const platform = crypto.subtle;

/** The key as a credential holds it: a secret in base64url, or PEM. */
const stored = async (key: Group["key"]): Promise<string> => {
  if (key.kty === "oct") return key.k!;
  const { alg: _alg, use: _use, key_ops: _ops, ...bare } = key;
  const algorithm =
    key.kty === "EC"
      ? { name: "ECDSA", namedCurve: key.crv! }
      : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const imported = await platform.importKey("jwk", bare, algorithm, true, ["verify"]);
  const bytes = new Uint8Array(await platform.exportKey("spki", imported));
  return `-----BEGIN PUBLIC KEY-----\n${toBase64(bytes)}\n-----END PUBLIC KEY-----\n`;
};

const groups = (corpus.groups as unknown as Group[]).filter(({ key }) =>
  (algorithmNames as readonly string[]).includes(key.alg ?? ""),
);

test("the vectors of all supported algorithms are here", () => {
  expect(groups.reduce((sum, { tests }) => sum + tests.length, 0)).toBe(395);
});

/**
 * Called valid, but refused here: characters outside of the alphabet (RFC 7515 §2), and tokens signed otherwise than
 * their key says; a credential has one algorithm.
 */
const refused = new Set([346, 350, 372, 373]);
/** Called invalid for a padding that these vectors lost: byte for byte they are valid tokens. */
const sound = new Set([367, 370]);

test.each(groups)("$comment: what is valid is accepted, nothing else", async ({ key, tests }) => {
  const name = key.alg as AlgorithmName;
  const verify = await makeVerifier(memoryPorts().subtle, name, await stored(key), true);
  const wrong: string[] = [];
  for (const { tcId, comment, jws, result } of tests) {
    const token = parseSigned(typeof jws === "string" ? jws : JSON.stringify(jws));
    const isAccepted =
      typeof token === "object" &&
      token.header["alg"] === name &&
      (await verify(token.signed, token.signature));
    const isWanted = sound.has(tcId) || (result === "valid" && !refused.has(tcId));
    if (result !== "acceptable" && isAccepted !== isWanted) wrong.push(`${tcId} ${comment}: ${result}`);
  }
  expect(wrong).toEqual([]);
});
