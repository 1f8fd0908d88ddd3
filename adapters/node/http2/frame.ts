/** Types of frames. @see RFC 9113 §6 */
export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const ACK = 0x1;
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const HAS_PRIORITY = 0x20;

export const HEADER_BYTES = 9;
/** Payload of a frame that nobody has to agree to; we ask for no more. */
export const MIN_MAX_FRAME_BYTES = 16_384;
export const MAX_MAX_FRAME_BYTES = 0xffffff;
export const MAX_WINDOW = 0x7fffffff;
/** Each side's windows before anybody says otherwise. */
export const DEFAULT_WINDOW = 65_535;

/** Why a stream or connection ends. @see RFC 9113 §7 */
export const NO_ERROR = 0;
export const PROTOCOL_ERROR = 1;
export const INTERNAL_ERROR = 2;
export const FLOW_CONTROL_ERROR = 3;
export const STREAM_CLOSED = 5;
export const FRAME_SIZE_ERROR = 6;
export const REFUSED_STREAM = 7;
export const CANCEL = 8;
export const COMPRESSION_ERROR = 9;
export const ENHANCE_YOUR_CALM = 11;

const names = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

export const codeName = (code: number): string => names[code] ?? `code ${code}`;

/** What each side says of itself. @see RFC 9113 §6.5.2 */
export const SETTING = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** What a client begins with. */
export const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const two = (value: number): string => String.fromCharCode((value >>> 8) & 255, value & 255);
const four = (value: number): string => two(value >>> 16) + two(value);

/** The head of a frame, as single-byte characters, as all below. */
export const frameHead = (lengthBytes: number, type: number, flags: number, streamId: number): string =>
  String.fromCharCode(lengthBytes >>> 16) +
  two(lengthBytes) +
  String.fromCharCode(type, flags) +
  four(streamId);

const frame = (type: number, flags: number, streamId: number, payload: string): string =>
  frameHead(payload.length, type, flags, streamId) + payload;

/** An identifier of {@link SETTING} and its value. */
export type Setting = readonly [id: number, value: number];

export function settingsFrame(...settings: readonly Setting[]): string {
  return frame(SETTINGS, 0, 0, settings.map(([id, value]) => two(id) + four(value)).join(""));
}

export const settingsAck = frame(SETTINGS, ACK, 0, "");

/** @param payload Eight characters. */
export const pingFrame = (flags: number, payload: string): string => frame(PING, flags, 0, payload);

export const windowFrame = (streamId: number, bytes: number): string =>
  frame(WINDOW_UPDATE, 0, streamId, four(bytes));

export const resetFrame = (streamId: number, code: number): string =>
  frame(RST_STREAM, 0, streamId, four(code));

export const goawayFrame = (lastStreamId: number, code: number): string =>
  frame(GOAWAY, 0, 0, four(lastStreamId) + four(code));

/** A header block in as many frames as it takes. */
export function headersFrames(
  streamId: number,
  block: string,
  endsStream: boolean,
  maxFrameBytes: number,
): string {
  const flags = endsStream ? END_STREAM : 0;
  if (block.length <= maxFrameBytes) return frame(HEADERS, flags | END_HEADERS, streamId, block);
  let text = frame(HEADERS, flags, streamId, block.slice(0, maxFrameBytes));
  for (let at = maxFrameBytes; at < block.length; at += maxFrameBytes) {
    const isLast = at + maxFrameBytes >= block.length;
    text += frame(CONTINUATION, isLast ? END_HEADERS : 0, streamId, block.slice(at, at + maxFrameBytes));
  }
  return text;
}
