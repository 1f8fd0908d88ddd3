import { BodyTooLargeError } from "../../http/bodies.ts";
import { type Exchange, parseForm, type PluginHost } from "../../pdk/index.ts";
import type { Config } from "./schema.ts";

/**
 * The request's body; undefined without one.
 *
 * Larger ones than are held in memory anyway are left out, with a line in the log, where the configuration says so.
 */
export const bodyOf = async (
  { request }: Exchange,
  { skip_large_bodies: isSkipped }: Config,
  { logger, heldBodyBytes }: Pick<PluginHost, "logger" | "heldBodyBytes">,
): Promise<Uint8Array | undefined> => {
  try {
    const bytes = await request.readBody(isSkipped === false ? undefined : heldBodyBytes);
    return bytes.byteLength === 0 ? undefined : bytes;
  } catch (error) {
    if (isSkipped === false || !(error instanceof BodyTooLargeError)) throw error;
    logger.log("error", `request body is left out, it is larger than ${heldBodyBytes} bytes`);
    return undefined;
  }
};

/** Named values, or a list. */
export type BodyArguments = Readonly<Record<string, unknown>> | readonly unknown[];

const formats = /^(?:application\/json|application\/x-www-form-urlencoded|multipart\/form-data)/i;

/** Whether a body of that type holds values. */
export const holdsArguments = (contentType: string | undefined): boolean =>
  contentType !== undefined && formats.test(contentType);

/** The values in a body of a type that holds some; undefined when it can't be read. */
export const argumentsIn = (
  body: Uint8Array | undefined,
  contentType: string | undefined,
): BodyArguments | undefined => {
  if (body === undefined || !holdsArguments(contentType)) return undefined;
  if (!/^application\/json/i.test(contentType!)) return parseForm(body, contentType)?.all();
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === "object" && value !== null ? (value as BodyArguments) : undefined;
  } catch {
    return undefined;
  }
};
