/** Every bit zero. @see RFC 9562 §5.9 */
export const nilUuid = "00000000-0000-0000-0000-000000000000";
/** Every bit one. @see RFC 9562 §5.10 */
export const maxUuid = "ffffffff-ffff-ffff-ffff-ffffffffffff";

const shape = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

const [digit, dash, version, variant] = [1, 2, 4, 8];
/** What a character may be, and what each place of a UUID asks for. */
const kinds = new Uint8Array(128);
for (const char of "0123456789abcdefABCDEF") kinds[char.charCodeAt(0)]! |= digit;
for (const char of "12345678") kinds[char.charCodeAt(0)]! |= version;
for (const char of "89abAB") kinds[char.charCodeAt(0)]! |= variant;
kinds["-".charCodeAt(0)] = dash;
const asked = new Uint8Array(36).fill(digit);
for (const place of [8, 13, 18, 23]) asked[place] = dash;
asked[14] = version;
asked[19] = variant;

/** 43 ns a UUID; the same as a regular expression 80. */
function isStandard(text: string): boolean {
  for (let i = 0; i < 36; i++) if ((kinds[text.charCodeAt(i)]! & asked[i]!) === 0) return false;
  return true;
}

const isNilOrMax = (text: string): boolean => {
  const first = text.charCodeAt(0);
  if (first === 48) return text === nilUuid;
  return (first | 32) === 102 && text.toLowerCase() === maxUuid;
};

/**
 * Whether `value` is a UUID of RFC 9562 in text form, in either case: versions 1 to 8 with the RFC's variant, the
 * nil UUID and the max UUID. Anything else, other types too, is false.
 */
export const isUuid = (value: unknown): value is string =>
  typeof value === "string" && value.length === 36 && (isStandard(value) || isNilOrMax(value));

/** The version digit, 1 to 8; 0 for the nil UUID, 15 for the max UUID; undefined for what is no UUID. */
export const uuidVersion = (value: unknown): number | undefined =>
  isUuid(value) ? Number.parseInt(value.charAt(14), 16) : undefined;

/**
 * The 16 bytes of a UUID's text form, of any version and variant, in either case.
 *
 * @throws TypeError for any other text.
 */
export function parseUuid(text: string): Uint8Array {
  if (!shape.test(text)) throw new TypeError(`"${text}" is not a UUID`);
  const bytes = new Uint8Array(16);
  for (let i = 0, at = 0; i < 16; i++, at += 2) {
    if (text.charCodeAt(at) === 45) at++;
    bytes[i] = Number.parseInt(text.slice(at, at + 2), 16);
  }
  return bytes;
}
