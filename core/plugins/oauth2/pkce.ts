import { toBase64 } from "../../http/base64.ts";
import { equalTexts } from "../../http/secret.ts";
import type { Row } from "../../pdk/index.ts";
import type { Subtle } from "../../ports/subtle.ts";
import type { Parameters } from "./parameters.ts";
import { invalidRequest, type Problem, problem } from "./problem.ts";
import type { Config } from "./schema.ts";

/** What a client promises to prove when it shows its code. @see RFC 7636 §4.3 */
export interface Challenge {
  readonly challenge: string;
  readonly method: "S256";
}

const unpadded = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** Whether a client has to prove the possession of a code. */
export const isProofNeeded = ({ pkce }: Config, client: Row): boolean =>
  client["client_type"] === "public" ? pkce !== "none" : pkce === "strict";

/** The challenge of a request for a code, if it has one. */
export const challengeOf = (
  parameters: Parameters,
  config: Config,
  client: Row | undefined,
): { readonly challenge: Challenge | undefined } | { readonly problem: Problem } => {
  const challenge = parameters.get("code_challenge");
  const method = parameters.get("code_challenge_method");
  if (challenge === undefined) {
    if (method !== undefined)
      return { problem: invalidRequest("code_challenge is required when code_method is present") };
    if (client !== undefined && isProofNeeded(config, client)) {
      const who = String(client["client_type"]);
      return { problem: invalidRequest(`code_challenge is required for ${who} clients`) };
    }
    return { challenge: undefined };
  }
  if (method !== undefined && method !== "S256" && method !== "s256")
    return { problem: invalidRequest("code_challenge_method is not supported, must be S256") };
  // Anything else is a promise that nobody can keep.
  const text = typeof challenge === "string" ? unpadded(challenge) : "";
  return { challenge: { challenge: text, method: "S256" } };
};

const encoder = new TextEncoder();

/** What is wrong with the proof that a client shows for a code. @see RFC 7636 §4.6 */
export const proofProblem = async (
  subtle: Subtle,
  parameters: Parameters,
  code: Row,
): Promise<Problem | undefined> => {
  const verifier = parameters.get("code_verifier");
  if (verifier === undefined)
    return invalidRequest("code_verifier is required for PKCE authorization requests");
  if (typeof verifier !== "string") return invalidRequest("code_verifier is not a string");
  const bytes = encoder.encode(verifier);
  if (bytes.byteLength < 43 || bytes.byteLength > 128)
    return invalidRequest("code_verifier must be between 43 and 128 characters");
  const digest = unpadded(toBase64(new Uint8Array(await subtle.digest("SHA-256", bytes))));
  const promised = code["challenge"];
  const isProven = typeof promised === "string" && equalTexts(digest, promised);
  return isProven ? undefined : problem("invalid_grant", "Invalid code");
};
