/** A set of code points. Sets with equal keys are equal. */
export interface CharSet {
  readonly key: string;
  /** The only member, where there is but one and case counts. */
  readonly single: number | undefined;
  has(codePoint: number): boolean;
}

const hex = (codePoint: number): string => codePoint.toString(16);

/** Membership that only the platform's Unicode tables know; asked for one character at a time. */
function platformSet(source: string, flags: string): CharSet {
  const native = new RegExp(`^${source}$`, flags);
  return {
    key: `${source}/${flags}`,
    single: undefined,
    has: (codePoint) => native.test(String.fromCodePoint(codePoint)),
  };
}

export const range = (low: number, high: number): CharSet => ({
  key: `${hex(low)}-${hex(high)}`,
  single: low === high ? low : undefined,
  has: (codePoint) => codePoint >= low && codePoint <= high,
});

const isLetter = (codePoint: number): boolean => (codePoint | 32) >= 97 && (codePoint | 32) <= 122;

/** The range and everything that differs from a member by case only. @see Unicode simple case folding */
export function foldedRange(low: number, high: number): CharSet {
  const plain = range(low, high);
  let platform: CharSet | undefined;
  return {
    key: `i${plain.key}`,
    single: low === high && high < 128 && !isLetter(low) ? low : undefined,
    has(codePoint) {
      if (plain.has(codePoint)) return true;
      if (codePoint < 128 && high < 128) return isLetter(codePoint) && plain.has(codePoint ^ 32);
      platform ??= platformSet(`[\\u{${hex(low)}}-\\u{${hex(high)}}]`, "iu");
      return platform.has(codePoint);
    },
  };
}

export const union = (sets: readonly CharSet[]): CharSet =>
  sets.length === 1
    ? sets[0]!
    : {
        key: `(${sets.map((set) => set.key).join("|")})`,
        single: undefined,
        has: (codePoint) => sets.some((set) => set.has(codePoint)),
      };

export const negate = (set: CharSet): CharSet => ({
  key: `!${set.key}`,
  single: undefined,
  has: (codePoint) => !set.has(codePoint),
});

/** How two sets of a bracketed class combine. */
export type SetOperator = "&&" | "--" | "~~";

export const combine = (operator: SetOperator, left: CharSet, right: CharSet): CharSet => ({
  key: `(${left.key}${operator}${right.key})`,
  single: undefined,
  has(codePoint) {
    const inLeft = left.has(codePoint);
    if (operator === "~~") return inLeft !== right.has(codePoint);
    return inLeft && right.has(codePoint) === (operator === "&&");
  },
});

const asciiDigit = range(0x30, 0x39);
const asciiWord = union([asciiDigit, range(0x41, 0x5a), range(0x61, 0x7a), range(0x5f, 0x5f)]);
const asciiSpace = union([range(0x09, 0x0d), range(0x20, 0x20)]);

/** ASCII by hand, the rest by the platform: most text never leaves ASCII. */
const beyond = (ascii: CharSet, source: string): CharSet => {
  const platform = platformSet(source, "u");
  return {
    key: `${ascii.key}|${source}`,
    single: undefined,
    has: (codePoint) => (codePoint < 128 ? ascii.has(codePoint) : platform.has(codePoint)),
  };
};

/** The classes behind `\d`, `\s` and `\w`. @see UTS #18 annex C */
export const perl = {
  ascii: { d: asciiDigit, s: asciiSpace, w: asciiWord },
  unicode: {
    d: beyond(asciiDigit, "\\p{Nd}"),
    s: beyond(asciiSpace, "\\p{White_Space}"),
    w: beyond(asciiWord, "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]"),
  },
} as const;

export const anything: CharSet = range(0, 0x10ffff);

const between = (...pairs: [number, number][]): CharSet =>
  union(pairs.map(([low, high]) => range(low, high)));

/** `[:name:]` within brackets: ASCII only. @see UTS #18 §1.2 (POSIX) */
export const posix: Readonly<Record<string, CharSet>> = {
  alnum: between([0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a]),
  alpha: between([0x41, 0x5a], [0x61, 0x7a]),
  ascii: between([0, 0x7f]),
  blank: between([0x09, 0x09], [0x20, 0x20]),
  cntrl: between([0, 0x1f], [0x7f, 0x7f]),
  digit: asciiDigit,
  graph: between([0x21, 0x7e]),
  lower: between([0x61, 0x7a]),
  print: between([0x20, 0x7e]),
  punct: between([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e]),
  space: asciiSpace,
  upper: between([0x41, 0x5a]),
  word: asciiWord,
  xdigit: between([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]),
};

/** The set and every case variant of its members. */
export const folded = (set: CharSet): CharSet => ({
  key: `i${set.key}`,
  single: undefined,
  has(codePoint) {
    if (set.has(codePoint)) return true;
    const character = String.fromCodePoint(codePoint);
    const lower = character.toLowerCase();
    const upper = character.toUpperCase();
    return set.has(lower.codePointAt(0)!) || set.has(upper.codePointAt(0)!);
  },
});

const titleCase = (name: string): string =>
  name
    .toLowerCase()
    .split(/[\s_-]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("_");

const binary = (source: string): string | undefined => {
  try {
    return new RegExp(source, "u").source;
  } catch {
    return undefined;
  }
};

/** The set behind `\p{name}` or `\p{name=value}`: a general category, a script or a binary property; undefined when unknown. */
export function property(name: string): CharSet | undefined {
  const [key, value] = name.split(/[=:]/);
  const spellings = (text: string): string[] => [text, titleCase(text), text.toUpperCase()];
  const keys = { gc: "General_Category", sc: "Script", scx: "Script_Extensions" };
  const longKey =
    Object.entries(keys).find(([short]) => short === key!.toLowerCase())?.[1] ?? titleCase(key!);
  const sources =
    value === undefined
      ? spellings(key!).flatMap((text) => [`\\p{${text}}`, `\\p{Script=${text}}`])
      : spellings(value).map((text) => `\\p{${longKey}=${text}}`);
  const source = sources.find((candidate) => binary(candidate) !== undefined);
  return source === undefined ? undefined : platformSet(source, "u");
}
