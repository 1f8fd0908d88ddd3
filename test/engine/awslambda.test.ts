import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect, test } from "vitest";
import { ProxyFetcher } from "../../adapters/node/index.ts";
import { WebFetcher, webClock } from "../../adapters/web/index.ts";
import { gatewayOn, oneRoute } from "../../testing/index.ts";

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 in the shape that AWS's own signer takes. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }

  update(data: Bytes): void {
    this.hash.update(data as string);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
}

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const aws = new SignatureV4({
  service: "lambda",
  region: "eu-west-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret },
  sha256: Sha256,
  applyChecksum: false,
});

test("AWS's own signer signs what arrives in the same way, and the answer comes back", async () => {
  const proofs: { sent: string | undefined; own: string | undefined }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", async () => {
      const { authorization, ...headers } = request.headers as Record<string, string>;
      const names = /SignedHeaders=([^,]+)/.exec(authorization!)![1]!.split(";");
      const date = headers["x-amz-date"]!.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5");
      const url = new URL(request.url!, `http://${headers["host"]}`);
      const own = await aws.sign(
        {
          method: request.method!,
          protocol: "http:",
          hostname: url.hostname,
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          headers: Object.fromEntries(names.map((name) => [name, headers[name]!])),
          body,
        },
        { signingDate: new Date(date) },
      );
      const signature = (text: string | undefined): string | undefined =>
        /Signature=(\w+)/.exec(text ?? "")?.[1];
      proofs.push({ sent: signature(authorization), own: signature(own.headers["authorization"]) });
      response.writeHead(200, { "Content-Type": "application/json", "X-Amz-Executed-Version": "7" });
      response.end(JSON.stringify({ got: JSON.parse(body) as unknown }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  try {
    const config = {
      aws_region: "eu-west-1",
      aws_key: "AKIDEXAMPLE",
      aws_secret: secret,
      function_name: "arn:aws:lambda:eu-west-1:1:function:f é",
      qualifier: "a b*(1)",
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      disable_https: true,
    };
    const ports = { fetcher: new ProxyFetcher(new WebFetcher()), clock: webClock };
    const { client } = gatewayOn(oneRoute([{ name: "aws-lambda", config }]), { ports });
    const { status, body, headers } = await client.send({ target: "/t?tea=gr%C3%BCn" });
    expect([status, body, headers.get("x-amz-executed-version")]).toEqual([
      200,
      '{"got":{"tea":"grün"}}',
      "7",
    ]);
    expect(proofs[0]!.sent).toMatch(/^[0-9a-f]{64}$/);
    expect(proofs[0]!.sent).toBe(proofs[0]!.own);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
