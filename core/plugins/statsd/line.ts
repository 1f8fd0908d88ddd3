import type { Config, Metric } from "./schema.ts";

type TagStyle = NonNullable<Config["tag_style"]>;

const letters: Readonly<Record<Metric["stat_type"], string>> = {
  counter: "c",
  gauge: "g",
  histogram: "h",
  meter: "m",
  set: "s",
  timer: "ms",
};

/** Where tags stand in a line. */
const tagged: Readonly<
  Record<TagStyle, (name: string, tags: readonly [string, string][]) => [string, string]>
> = {
  dogstatsd: (name, tags) => [name, `|#${tags.map(([key, value]) => `${key}:${value}`).join(",")}`],
  influxdb: (name, tags) => [[name, ...tags.map((tag) => tag.join("="))].join(","), ""],
  librato: (name, tags) => [`${name}#${tags.map((tag) => tag.join("=")).join(",")}`, ""],
  signalfx: (name, tags) => [`${name}[${tags.map((tag) => tag.join("=")).join(",")}]`, ""],
};

/** `kong.service.s.latency:12|ms` */
export const lineOf = (
  name: string,
  value: number | string,
  { stat_type: type, sample_rate: rate }: Metric,
  style: TagStyle | null,
  tags: readonly [string, string][],
): string => {
  const [before, after] = style === null ? [name, ""] : tagged[style](name, tags);
  const sampled = rate !== null && rate !== undefined && rate !== 1 ? `|@${rate}` : "";
  return `${before}:${value}|${letters[type]}${sampled}${after}`;
};

const encoder = new TextEncoder();

/** Lines in packets of at most that many bytes, each line whole; one line a packet for 0. */
export const packets = (lines: readonly string[], maxBytes: number): string[] => {
  const packed: string[] = [];
  let bytes = Infinity;
  for (const line of lines) {
    const size = encoder.encode(line).byteLength;
    if (bytes + 1 + size <= maxBytes) {
      packed[packed.length - 1] += `\n${line}`;
      bytes += 1 + size;
    } else {
      packed.push(line);
      bytes = size;
    }
  }
  return packed;
};
