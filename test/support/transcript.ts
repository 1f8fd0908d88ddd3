/** One request and what the answer has to be; placeholders (`{"$any": "uuid"}`) stand for values that differ. */
export interface Step {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** An object is sent as JSON, a text as it stands. */
    readonly body?: unknown;
    readonly content_type?: string;
  };
  readonly expect: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string | null>>;
    readonly body?: unknown;
    /** Fields that are not told may be there: everywhere, or in the objects at these paths. */
    readonly extra_ok?: boolean | readonly string[];
  };
}

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

export type Saved = Record<string, unknown>;

const fill = (text: string, saved: Saved): string =>
  text.replace(/\{\{(\w+)(\|uri)?\}\}/g, (whole, name: string, isEscaped) => {
    if (!(name in saved)) return whole;
    const value = String(saved[name]);
    return isEscaped === undefined ? value : encodeURIComponent(value);
  });

const fillAll = (value: unknown, saved: Saved): unknown => {
  if (typeof value === "string") return fill(value, saved);
  if (Array.isArray(value)) return value.map((part) => fillAll(part, saved));
  if (typeof value !== "object" || value === null) return value;
  if ("$use" in value) return saved[String(value.$use)];
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fillAll(part, saved)]));
};

/** The request of a step, with what earlier steps saved. */
export const requestOf = ({ request }: Step, saved: Saved): Request => {
  const { method, path, body, content_type: type } = request;
  const headers = new Headers(request.headers);
  if (type) headers.set("Content-Type", type);
  else if (body !== undefined && type === undefined && typeof body !== "string")
    headers.set("Content-Type", "application/json");
  const hasBody = body !== undefined && method !== "GET" && method !== "HEAD";
  const text = typeof body === "string" ? fill(body, saved) : JSON.stringify(fillAll(body, saved));
  const bytes = hasBody ? new TextEncoder().encode(text) : undefined;
  return new Request(`http://admin.test${fill(path, saved)}`, { method, headers, body: bytes ?? null });
};

const isOfType = (value: unknown, type: string): boolean => {
  switch (type) {
    case "uuid":
      return typeof value === "string" && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
    case "timestamp":
      return typeof value === "number";
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "any":
      return value !== undefined;
    default:
      return typeof value === type && value !== null && value !== "";
  }
};

const isPlaceholder = (value: object): boolean => {
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => name.startsWith("$"));
};

/** What differs between an answer and what was expected, one line a difference. Values are saved on the way. */
export class Comparison {
  readonly differences: string[] = [];
  private readonly saved: Saved;
  private readonly extra: Step["expect"]["extra_ok"];

  constructor(saved: Saved, extra: Step["expect"]["extra_ok"]) {
    this.saved = saved;
    this.extra = extra;
  }

  private differ(path: string, expected: unknown, actual: unknown): void {
    const told = JSON.stringify(actual) ?? "nothing";
    this.differences.push(`${path || "body"}: expected ${JSON.stringify(expected)}, got ${told}`);
  }

  compare(expected: unknown, actual: unknown, path = ""): void {
    if (typeof expected !== "object" || expected === null) {
      if (expected !== actual) this.differ(path, expected, actual);
    } else if (Array.isArray(expected)) this.compareList(expected, actual, path);
    else if (isPlaceholder(expected))
      this.comparePlaceholder(expected as Record<string, unknown>, actual, path);
    else this.compareFields(expected as Record<string, unknown>, actual, path);
  }

  private compareList(expected: readonly unknown[], actual: unknown, path: string): void {
    if (!Array.isArray(actual) || actual.length !== expected.length) {
      this.differ(path, expected, actual);
      return;
    }
    for (const [i, part] of expected.entries()) this.compare(part, actual[i], `${path}.${i}`);
  }

  private compareFields(expected: Record<string, unknown>, actual: unknown, path: string): void {
    if (typeof actual !== "object" || actual === null || Array.isArray(actual)) {
      this.differ(path, expected, actual);
      return;
    }
    const found = actual as Record<string, unknown>;
    // The offset first: a link in the same answer may name it.
    const names = Object.keys(expected).sort((a, b) => Number(b === "offset") - Number(a === "offset"));
    for (const name of names) this.compare(expected[name], found[name], `${path}.${name}`);
    const { extra } = this;
    if (extra === true || (Array.isArray(extra) && extra.includes(path.slice(1)))) return;
    for (const name of Object.keys(found))
      if (!Object.hasOwn(expected, name)) this.differ(`${path}.${name}`, undefined, found[name]);
  }

  private comparePlaceholder(expected: Record<string, unknown>, actual: unknown, path: string): void {
    const { $any, $use, $tpl, $re, $set, $save } = expected;
    if (typeof $any === "string" && !isOfType(actual, $any)) this.differ(path, expected, actual);
    if (typeof $use === "string" && this.saved[$use] !== actual) this.differ(path, this.saved[$use], actual);
    if (typeof $tpl === "string" && fill($tpl, this.saved) !== actual)
      this.differ(path, fill($tpl, this.saved), actual);
    if (typeof $re === "string" && !(typeof actual === "string" && new RegExp($re).test(actual)))
      this.differ(path, expected, actual);
    if (Array.isArray($set)) this.compareSet($set, actual, path);
    if (typeof $save === "string") this.saved[$save] = actual;
  }

  private compareSet(expected: readonly unknown[], actual: unknown, path: string): void {
    const rest = Array.isArray(actual) ? [...(actual as unknown[])] : [];
    for (const part of expected) {
      const at = rest.findIndex((one) => {
        const trial = new Comparison({ ...this.saved }, this.extra);
        trial.compare(part, one, path);
        return trial.differences.length === 0;
      });
      if (at < 0) this.differ(path, part, actual);
      else this.compare(part, rest.splice(at, 1)[0], path);
    }
    if (rest.length > 0) this.differ(path, expected, actual);
  }
}
