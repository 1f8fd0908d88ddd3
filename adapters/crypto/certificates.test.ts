import { expect, test } from "vitest";
import { pems } from "../../test/support/pems.ts";
import { cryptoCertificates as checker } from "./index.ts";

const broken = (label: string): string => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;

test("a certificate and the key that belongs to it are in order", () => {
  expect(checker.certificateProblem(pems.authority)).toBeUndefined();
  expect(checker.keyProblem(pems.key)).toBeUndefined();
  expect(checker.pairProblem(pems.authority, pems.key)).toBeUndefined();
});

test("what stands in the right frame and can't be decoded is refused", () => {
  expect(checker.certificateProblem(broken("CERTIFICATE"))).toMatch(/^invalid certificate/);
  expect(checker.keyProblem(broken("PRIVATE KEY"))).toMatch(/^invalid key/);
  expect(checker.pemProblem(broken("PUBLIC KEY"), "public")).toBe("could not load public key");
});

test("a key of another certificate is refused", () => {
  expect(checker.pairProblem(pems.authority, pems.otherKey)).toBe("certificate does not match key");
});

test("two keys that are no pair are refused", () => {
  expect(checker.pemPairProblem(pems.key, pems.publicKey)).toBeUndefined();
  expect(checker.pemPairProblem(pems.otherKey, pems.publicKey)).toBe("public key does not match private key");
});

test("an authority's certificate that is over is refused", () => {
  expect(checker.authorityProblem(pems.authority)).toBeUndefined();
  expect(checker.authorityProblem(pems.expiredAuthority)).toMatch(/^certificate expired/);
});

test("a JWK whose point is not on its curve is refused", () => {
  expect(checker.jwkProblem('{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}')).toMatch(
    /could not load JWK/,
  );
});

test("the digest is that of the certificate's bytes", () => {
  expect(checker.digest(pems.authority)).toBe(
    "d084108b0aefd3c4f0e6c180a6ba91ae82fb3616a1602c9d57311d7767e19495",
  );
});
