import { expect, test } from "vitest";
import { signed } from "./signature.ts";

const credentials = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  expiresAtMs: Infinity,
};
const sessionToken =
  "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

const authorization = async (
  method: string,
  path: string,
  headers: [string, string][] = [],
  token?: string,
): Promise<string | undefined> => {
  const url = `https://example.amazonaws.com${path}`;
  const request = { method, url, headers, body: "", timeoutMs: 1 };
  const scope = { service: "service", region: "us-east-1" };
  const atMs = Date.UTC(2015, 7, 30, 12, 36);
  const proved = await signed(request, scope, { ...credentials, sessionToken: token }, atMs);
  return proved.headers.find(([name]) => name === "authorization")?.[1];
};

// AWS's own test suite for Signature Version 4.
test.each([
  ["get-vanilla", "GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  [
    "get-vanilla-query-order-key-case",
    "GET",
    "/?Param2=value2&Param1=value1",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
  ["post-vanilla", "POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
])("%s is signed as AWS says", async (_, method, path, signature) => {
  expect(await authorization(method, path)).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  );
});

test("the token of a session is signed with the rest", async () => {
  expect(await authorization("POST", "/", [], sessionToken)).toContain(
    "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
  );
});
