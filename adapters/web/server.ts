import {
  type ConnectionFacts,
  type Downstream,
  type IncomingRequest,
  type OutgoingResponse,
  type RequestEvents,
  type RequestHandler,
  type RequestScope,
  toByteString,
} from "../../core/index.ts";
import { type FixedLength, toBodyInit, WebBody } from "./body.ts";
import { addFields, type FieldValues, flatHeaders, lengthOf } from "./fields.ts";

/** What a platform's Response has beyond the standard. */
export interface ServePlatform {
  /**
   * @param origin Scheme, host and port of the request's URL.
   * @param headers The request's fields (name, value…), names in lower case.
   */
  readonly connection: (request: Request, origin: string, headers: readonly string[]) => ConnectionFacts;
  /** Put into each Response: what keeps the platform from touching the body. */
  readonly init?: Record<string, unknown>;
  /** Default: bytes. */
  readonly fieldValues?: FieldValues;
  readonly fixedLength?: FixedLength;
  /** A Response that joins the client's connection to the upstream's. */
  readonly upgrade?: (response: OutgoingResponse) => Response;
}

/** A Request as core reads it. Each property of a Request is a call into the platform: each is read once. */
class WebRequest implements IncomingRequest {
  readonly method: string;
  readonly target: string;
  readonly httpVersion = "1.1";
  readonly headers: string[];
  readonly body: WebBody | undefined;
  readonly connection: ConnectionFacts;

  constructor(request: Request, platform: ServePlatform) {
    this.method = request.method;
    const { url, body } = request;
    const slash = url.indexOf("/", url.indexOf("//") + 2);
    // The URL standard keeps an empty query as `?`, which is what the client sent.
    // workerd shows bytes of UTF-8 as their characters.
    this.target = slash < 0 ? "/" : toByteString(url.slice(slash));
    this.headers = flatHeaders(request.headers, platform.fieldValues);
    this.body = body === null ? undefined : new WebBody(body, lengthOf(this.headers));
    this.connection = platform.connection(request, slash < 0 ? url : url.slice(0, slash), this.headers);
  }

  get sizeBytes(): number {
    let size = this.method.length + this.target.length + 12;
    for (const text of this.headers) size += text.length + 2;
    return size + (this.body?.lengthBytes ?? 0);
  }
}

const toResponse = (answer: OutgoingResponse, platform: ServePlatform): Response => {
  const { status, reason } = answer;
  if (answer.tunnel !== undefined && platform.upgrade !== undefined) return platform.upgrade(answer);
  const body = toBodyInit(answer.body, platform.fixedLength);
  const isBodiless = status === 204 || status === 205 || status === 304;
  const statusText = reason === "" ? {} : { statusText: reason };
  const response = new Response(isBodiless ? null : body, { ...platform.init, status, ...statusText });
  // What the platform concludes from a body that is text.
  if (typeof body === "string") response.headers.delete("Content-Type");
  addFields(response.headers, answer.headers, platform.fieldValues);
  const lengthBytes =
    body === null
      ? answer.declaredLengthBytes
      : answer.body instanceof WebBody
        ? answer.body.lengthBytes
        : undefined;
  if (lengthBytes !== undefined) response.headers.append("Content-Length", String(lengthBytes));
  return response;
};

/**
 * Hands one Request to a gateway.
 *
 * The exchange counts as finished when the platform has the response: what it streams from then on is its own.
 */
export const serve = (
  handler: RequestHandler,
  request: Request,
  platform: ServePlatform,
  scope: RequestScope | undefined,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    let answer: OutgoingResponse | undefined;
    let events: RequestEvents | undefined;
    const finish = (): void => {
      if (events === undefined || answer === undefined) return;
      const { body } = answer;
      const bytes =
        typeof body === "string"
          ? body.length
          : body instanceof Uint8Array
            ? body.byteLength
            : body?.lengthBytes;
      events.finished(bytes ?? 0);
    };
    const downstream: Downstream = {
      respond(response) {
        if (answer !== undefined) throw new TypeError("an exchange is answered once");
        answer = response;
        try {
          resolve(toResponse(response, platform));
        } catch (error) {
          reject(error);
        }
        finish();
      },
      // The platform sends no interim responses.
      inform: () => undefined,
      reset: () => reject(new Error("the exchange was given up")),
    };
    events = handler.handle(new WebRequest(request, platform), downstream, scope);
    finish();
  });
