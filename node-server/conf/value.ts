const sizes = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;
const times = { "": 1000, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const measured = (text: string, units: Readonly<Record<string, number>>): number => {
  const found = /^(\d+)([a-z]*)$/i.exec(text);
  return Number(found?.[1]) * (units[found?.[2]?.toLowerCase() ?? "none"] ?? Number.NaN);
};

/** Bytes of `128m`; NaN for what is no size. */
export const bytesOf = (text: string): number => measured(text, sizes);
/** Milliseconds of `75s`; NaN for what is no time. */
export const msOf = (text: string): number => measured(text, times);
export const isTrue = (text: string): boolean => text === "on" || text === "true";
export const listOf = (text: string): string[] => text.split(",").flatMap((item) => item.trim() || []);
