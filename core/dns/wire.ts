/** Reads the bytes of a DNS message. @see RFC 1035 §4.1 */
export class WireReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws RangeError at the end of the message, as the other methods do. */
  uint16(): number {
    this.at += 2;
    return this.view.getUint16(this.at - 2);
  }

  uint32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4);
  }

  /** The next bytes, which are not copied. */
  take(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.bytes.length) throw new RangeError("a DNS message ends too soon");
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  /**
   * A name without its final dot; dots and backslashes inside a label are escaped.
   *
   * @throws RangeError for more than 255 bytes, and for a pointer that does not lead back: it could go round in a circle.
   */
  name(): string {
    const labels: string[] = [];
    let at = this.at;
    let end: number | undefined;
    let bytes = 1;
    for (;;) {
      const length = this.view.getUint8(at);
      if (length === 0) break;
      if ((length & 0xc0) === 0xc0) {
        const target = this.view.getUint16(at) & 0x3fff;
        if (target >= at) throw new RangeError("a name in a DNS message points ahead");
        end ??= at + 2;
        at = target;
        // Each step back costs at least a byte of the name's length, or ends here.
        if (++bytes > 255) throw new RangeError("a name in a DNS message is too long");
        continue;
      }
      if (length > 63) throw new RangeError("a label in a DNS message is of an unknown kind");
      bytes += length + 1;
      if (bytes > 255) throw new RangeError("a name in a DNS message is too long");
      let label = "";
      for (let i = at + 1; i <= at + length; i++) label += String.fromCharCode(this.view.getUint8(i));
      labels.push(label.replace(/[.\\]/g, "\\$&"));
      at += length + 1;
    }
    this.at = end ?? at + 1;
    return labels.join(".");
  }
}

/** The bytes of a name. @param name Checked by `isName`. */
export const nameBytes = (name: string): number[] => {
  const text = name.endsWith(".") ? name.slice(0, -1) : name;
  const labels = text === "" ? [] : text.split(".");
  return [
    ...labels.flatMap((label) => [label.length, ...Array.from(label, (char) => char.charCodeAt(0))]),
    0,
  ];
};

/** A number of 16 bits as its two bytes. */
export const uint16Bytes = (value: number): [number, number] => [value >>> 8, value & 0xff];

/** An IPv6 address as text. @see RFC 5952 §4 */
export const v6Text = (bytes: Uint8Array): string => {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === "0") length++;
    if (length > best.length) best = { at, length };
  }
  if (best.at < 0) return groups.join(":");
  return `${groups.slice(0, best.at).join(":")}::${groups.slice(best.at + best.length).join(":")}`;
};
