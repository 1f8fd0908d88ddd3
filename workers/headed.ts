/** The field that tells how many bytes in front of a body are its head. */
const field = "sallyport-head-bytes";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A body with a head in front of it, and the field that tells where it ends. */
export interface Headed {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

const pour = async (
  head: Uint8Array,
  body: ReadableStream<Uint8Array>,
  into: WritableStream<Uint8Array>,
): Promise<void> => {
  const writer = into.getWriter();
  await writer.write(head);
  writer.releaseLock();
  await body.pipeTo(into);
};

/**
 * Puts what can be told as JSON in front of a body. There it may be of any length and in any letters, which fields of
 * HTTP may not.
 */
export const headed = (
  what: unknown,
  body: string | Uint8Array | ReadableStream<Uint8Array> | null,
): Headed => {
  const head = encoder.encode(JSON.stringify(what));
  const headers = { [field]: String(head.length) };
  if (body instanceof ReadableStream) {
    const { readable, writable } = new IdentityTransformStream();
    // Who reads sees the failure of the body; who gives up reading ends the body.
    pour(head, body, writable).catch(() => undefined);
    return { headers, body: readable };
  }
  const bytes = typeof body === "string" ? encoder.encode(body) : (body ?? new Uint8Array(0));
  const message = new Uint8Array(head.length + bytes.length);
  message.set(head);
  message.set(bytes, head.length);
  return { headers, body: message };
};

/**
 * Reads a head.
 *
 * @returns What it tells, and takes the body behind it, at most once.
 * @throws When there is none.
 */
export const readHead = async ({
  headers,
  body,
}: Request | Response): Promise<{ what: unknown; rest: () => ReadableStream<Uint8Array> }> => {
  const bytes = Number(headers.get(field));
  if (body === null || !(bytes > 0)) throw new Error("a message has no head");
  const reader = body.getReader({ mode: "byob" });
  const { value } = await reader.readAtLeast(bytes, new Uint8Array(bytes));
  reader.releaseLock();
  return {
    what: JSON.parse(decoder.decode(value)),
    // What was read from is no body of another message.
    rest: () => body.pipeThrough(new IdentityTransformStream()),
  };
};
