/**
 * Takes the bytes of a message body, pushed by a {@link BodyStream}.
 *
 * Exactly one of `end` and `fail` comes last.
 */
export interface BodySink {
  /**
   * @param bytes Belong to the sink only during the call: what must outlive it is copied.
   * @returns false to ask for a pause; the sink then calls the stream's `resume` when it wants more.
   */
  chunk(bytes: Uint8Array): boolean;
  /** @param trailers Trailer fields as name, value, name, value…; undefined when there are none. */
  end(trailers: string[] | undefined): void;
  /**
   * The body will not be completed: the other side left, timed out or broke the protocol.
   *
   * @param error A GatewayError where it is known what that means to a client.
   */
  fail(error: Error): void;
}

/** A message body on its way through the gateway. It is read once, by one sink. */
export interface BodyStream {
  /** Bytes in all, when the sender said so; undefined for a chunked body. */
  readonly lengthBytes: number | undefined;
  /** Starts the flow into `sink`. The first chunk may arrive within the call. Throws `TypeError` when already started. */
  start(sink: BodySink): void;
  /** Takes up the flow after a chunk was answered with false. */
  resume(): void;
  /** Ends interest in the rest: no sink method is called any more. Harmless at any time. */
  cancel(): void;
}

/** A body that the gateway sends: text goes out as UTF-8. */
export type OutgoingBody = string | Uint8Array | BodyStream | undefined;
