import { AwsV4Signer } from "aws4fetch";
import type { FetcherRequest } from "../../ports/fetcher.ts";
import type { Credentials } from "./credentials.ts";

/** Which service a signature is for. */
export interface Scope {
  readonly service: string;
  readonly region: string;
}

/** The request with what proves who sends it. @see AWS Signature Version 4 */
export const signed = async (
  request: FetcherRequest,
  { service, region }: Scope,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  nowMs: number,
): Promise<FetcherRequest> => {
  const { method, url, headers, body } = request;
  const signer = new AwsV4Signer({
    method,
    url,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    body: typeof body === "string" ? body : new Uint8Array(body),
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    service,
    region,
    datetime: new Date(nowMs).toISOString().replaceAll(/[:-]|\.\d{3}/g, ""),
  });
  const proved = await signer.sign();
  return { ...request, url: proved.url.href, headers: [...proved.headers] };
};
