import { integer, string } from "../../schema/index.ts";
import { BodyTooLargeError } from "../../http/bodies.ts";
import type { Exchange } from "../exchange.ts";
import { promptFormats } from "./prompt.ts";

/** The field that bounds the bodies that are looked at. */
export const promptSize = integer({
  default: 8192,
  gt: 0,
  doc: "Bytes of the largest request that is looked at; larger ones are refused.",
});

/** The field that names the form of requests. */
export const promptFormat = string({
  default: "openai",
  one_of: promptFormats,
  doc: "Whose form the requests have.",
});

/** Answers 400 with a message, in the form that clients of language models read. */
export const refusePrompt = (exchange: Exchange, message: string): void =>
  exchange.exit(400, { error: { message } });

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** The JSON object that a request holds; undefined when it holds something else, or more than `maxBytes`. */
export const readPrompt = async (
  exchange: Exchange,
  maxBytes: number,
): Promise<Readonly<Record<string, unknown>> | undefined> => {
  try {
    const bytes = await exchange.request.readBody(maxBytes);
    // Another plugin may have read more of it.
    if (bytes.byteLength > maxBytes) return undefined;
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch (error) {
    const isUnreadable = [SyntaxError, TypeError, BodyTooLargeError].some((kind) => error instanceof kind);
    if (isUnreadable) return undefined;
    throw error;
  }
};
