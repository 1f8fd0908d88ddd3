/** The messages of HTTP/1.1: read strictly, written safely. No runtime is needed; adapters that hold connections are. */
export { CR, HEX, LF, TOKEN, VALUE } from "./bytes.ts";
export { BAD, BodyReader, chunksHold, DATA, END, type Framing } from "./framing.ts";
export { DONE, MORE, parseRequest, parseResponse } from "./head.ts";
export { type Head, type HeadLimits, head } from "./parsed.ts";
export { joined, type Octets, PlainOctets } from "./octets.ts";
export { MAX_INTERIM, responseFraming, responseLimits } from "./response.ts";
export { fieldLines, safeValue, safeWord, SECRET, statusLine } from "./serialise.ts";
