import { generate } from "selfsigned";
import type { KeyPair } from "../../adapters/node/http/certificates.ts";

/** A certificate for some names, which is its own root. */
export async function certificateFor(...names: string[]): Promise<KeyPair> {
  const made = await generate([{ name: "commonName", value: names[0]! }], {
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: names.map((value) => ({ type: 2, value })) },
    ],
  });
  return { chain: made.cert, key: made.private };
}
