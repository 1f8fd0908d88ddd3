import { isObject, own, put } from "../schema/tree.ts";
import type { Values } from "../schema/index.ts";

/** A name as a form writes it, and its value. */
export type Pair = readonly [name: string, value: unknown];

type Step = { readonly kind: "field" | "key"; readonly name: string } | { readonly kind: "append" };

/** How deep a name may lead. */
const maxSteps = 20;

/** `a.b[c.d][]` leads through field a, field b, key `c.d` to a list. */
const stepsOf = (name: string): readonly Step[] | undefined => {
  const steps: Step[] = [];
  const pattern = /([^.[\]]+)|\[([^\]]*)\]|(\.)/gy;
  let match: RegExpExecArray | null;
  let end = 0;
  while ((match = pattern.exec(name)) !== null) {
    end = pattern.lastIndex;
    const [, field, key] = match;
    if (field !== undefined) steps.push({ kind: "field", name: field });
    else if (key === "") steps.push({ kind: "append" });
    else if (key !== undefined) steps.push({ kind: "key", name: key });
  }
  return end === name.length && steps.length > 0 && steps.length <= maxSteps ? steps : undefined;
};

const isPosition = (step: Step | undefined): boolean =>
  step !== undefined && (step.kind === "append" || (step.kind === "key" && /^\d{1,4}$/.test(step.name)));

const place = (holder: Values | unknown[], step: Step): string =>
  step.kind === "append" ? String((holder as unknown[]).length) : step.name;

const read = (holder: Values | unknown[], at: string): unknown =>
  Array.isArray(holder) ? holder[Number(at)] : own(holder, at);

const write = (holder: Values | unknown[], at: string, value: unknown): void => {
  if (!Array.isArray(holder)) put(holder, at, value);
  else if (Number(at) < 10_000) holder[Number(at)] = value;
};

/** Positions in lists count from 1. */
const positioned = (holder: Values | unknown[], step: Step): Step =>
  Array.isArray(holder) && step.kind === "key"
    ? { kind: "key", name: String(Math.max(0, Number(step.name) - 1)) }
    : step;

const add = (into: Values, steps: readonly Step[], value: unknown): void => {
  let holder: Values | unknown[] = into;
  for (const [i, plain] of steps.entries()) {
    if (Array.isArray(holder) !== isPosition(plain) && Array.isArray(holder)) return;
    const at = place(holder, positioned(holder, plain));
    const before = read(holder, at);
    const next = steps[i + 1];
    if (next === undefined) {
      // A name that is repeated makes a list.
      if (before === undefined) write(holder, at, value);
      else write(holder, at, Array.isArray(before) ? [...(before as unknown[]), value] : [before, value]);
      return;
    }
    const isList = isPosition(next);
    if (Array.isArray(before) && isList) holder = before as unknown[];
    else if (isObject(before)) holder = before;
    else {
      const made: Values | unknown[] = isList ? [] : {};
      write(holder, at, made);
      holder = made;
    }
  }
};

/** The values of a form: `a.b=v` makes records, `a[]=v`, `a[1]=v` and repeated names lists, `a[k]=v` maps. */
export const nest = (pairs: readonly Pair[]): Values => {
  const values: Values = {};
  for (const [name, value] of pairs) {
    const steps = stepsOf(name);
    if (steps === undefined) put(values, name, value);
    else add(values, steps, value);
  }
  return values;
};
