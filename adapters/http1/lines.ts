import { TOKEN } from "./bytes.ts";
import { safeValue } from "./serialise.ts";

/** Fields that hold secrets: nothing of them stays in memory. */
export const SECRET = /^(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|apikey)$/i;

const MAX_NAMES = 512;
const MAX_STEPS = 1_024;
/** Fields that are known to come at the same place. */
const MAX_BESIDE = 8;
const MAX_LINE_LENGTH = 512;
const MAX_RUN_LENGTH = 1_024;
/** Messages of other shapes than those known, at which all is learned anew. */
const PATIENCE = 4_096;

/** How the line of a name begins; empty for a name that is none, and for those that frame the message. */
const prefixes = new Map<string, string>();

function prefixOf(name: string): string {
  let prefix = prefixes.get(name);
  if (prefix === undefined) {
    prefix = framesMessage(name) || !isToken(name) ? "" : `${name}: `;
    // Names that somebody invents push the others out, who come back with their next message.
    if (prefixes.size >= MAX_NAMES) prefixes.clear();
    if (name.length <= MAX_LINE_LENGTH) prefixes.set(copyOf(name), prefix);
  }
  return prefix;
}

/**
 * A text of its own: as it came, it would keep a whole head in memory. As the key of a property it is the very one of
 * the constants in the code, and comparing with those is comparing addresses.
 */
const copyOf = (text: string): string => Object.keys({ [text]: 0 })[0]!;

const lineOf = (prefix: string, value: string): string =>
  prefix === "" ? "" : `${prefix}${safeValue(value)}\r\n`;

/** A field at its place behind others, as a message had it. */
class Step {
  readonly name: string;
  readonly prefix: string;
  value: string;
  /** Messages differ in its value: only its name counts, and no run goes past it. */
  varies: boolean;
  /** Its line behind the lines before it, as one text, back to where a value varies. */
  run: string;
  next: Step | undefined = undefined;
  /** Another field that came at the same place. */
  beside: Step | undefined = undefined;

  constructor(name: string, prefix: string, value: string, run: string) {
    this.name = name;
    this.prefix = prefix;
    this.value = value;
    this.varies = run === "";
    this.run = run;
  }

  vary(): void {
    this.varies = true;
    this.value = this.run = "";
    // What was learned behind it has its old line in it.
    this.next = undefined;
  }
}

const START = new Step("", "", "", "");
let steps = 0;
let strangers = 0;

function forget(): void {
  START.next = undefined;
  steps = strangers = 0;
}

/** @returns undefined when there is no place for it. */
function learn(before: Step, name: string, value: string): Step | undefined {
  let beside = 0;
  for (let known = before.next; known !== undefined; known = known.beside) beside++;
  if (beside === MAX_BESIDE ? ++strangers === PATIENCE : ++steps > MAX_STEPS) forget();
  if (beside === MAX_BESIDE || steps === 0 || name.length > MAX_LINE_LENGTH) return undefined;
  const step = stepOf(name, value, before.run);
  step.beside = before.next;
  before.next = step;
  return step;
}

function stepOf(name: string, value: string, runBefore: string): Step {
  const prefix = prefixOf(name);
  const line = lineOf(prefix, value);
  const run = runBefore + line;
  if (SECRET.test(name) || name.length + value.length > MAX_LINE_LENGTH || run.length > MAX_RUN_LENGTH)
    return new Step(copyOf(name), prefix, "", "");
  // Reading it makes one flat text of its parts.
  run.charCodeAt(0);
  return new Step(copyOf(name), prefix, copyOf(value), run);
}

/**
 * The field lines of name, value, name, value…, but for Connection, Content-Length and Transfer-Encoding.
 *
 * Most messages have the fields of those before, most of them with the same value: runs of such lines are remembered as
 * one text (22 fields a proxied request: 7.2 to 6.9 us outside the kernel against looking up the last line of each name).
 */
export function fieldLines(headers: readonly string[]): string {
  let text = "";
  let at = START;
  let i = 0;
  for (; i < headers.length; i += 2) {
    const name = headers[i]!;
    const value = headers[i + 1]!;
    let step = at.next;
    while (step !== undefined && step.name !== name) step = step.beside;
    if (step === undefined) {
      step = learn(at, name, value);
      if (step === undefined) break;
    } else if (!step.varies && step.value !== value) step.vary();
    if (step.varies) text += at.run + lineOf(step.prefix, value);
    at = step;
  }
  text += at.run;
  for (; i < headers.length; i += 2) text += lineOf(prefixOf(headers[i]!), headers[i + 1]!);
  return text;
}

function framesMessage(name: string): boolean {
  switch (name.length) {
    case 10:
      return startsWith(name, 99) && name.toLowerCase() === "connection";
    case 14:
      return startsWith(name, 99) && name.toLowerCase() === "content-length";
    case 17:
      return startsWith(name, 116) && name.toLowerCase() === "transfer-encoding";
    default:
      return false;
  }
}

/** @param letter The code of a small letter. */
const startsWith = (name: string, letter: number): boolean => (name.charCodeAt(0) | 32) === letter;

function isToken(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (!TOKEN[name.charCodeAt(i)]) return false;
  return name.length > 0;
}
