const units: Readonly<Record<string, { bytes: number; name: string }>> = {
  b: { bytes: 1, name: "" },
  k: { bytes: 1024, name: "KiB" },
  m: { bytes: 1024 ** 2, name: "MiB" },
  g: { bytes: 1024 ** 3, name: "GiB" },
};

/** Tells an amount of memory: a number for bytes, a text with its unit otherwise. */
export type FormatBytes = (bytes: number) => number | string;

/**
 * How `/status` is asked to tell memory.
 *
 * @param unit `b`, `k`, `m` or `g`, in either case; default `m`.
 * @param scale Decimals, default 2.
 * @returns A text that says what is wrong.
 */
export const memoryFormat = (unit = "m", scale = "2"): FormatBytes | string => {
  const chosen = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  if (chosen === undefined) return `invalid unit '${unit}' (expected 'k/K', 'm/M', or 'g/G')`;
  const decimals = /^\d{1,2}$/.test(scale) ? Number(scale) : 2;
  return (bytes) =>
    chosen.name === "" ? bytes : `${(bytes / chosen.bytes).toFixed(decimals)} ${chosen.name}`;
};
