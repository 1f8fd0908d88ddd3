import type { Regex } from "../../http/regex.ts";
import { type AddressBytes, type Network, contains, parseAddress } from "../../http/address.ts";
import type { Facts } from "../facts.ts";
import type { Field } from "./fields.ts";
import type { Findings, Predicate } from "./predicate.ts";
import type { Comparison, Operator } from "./syntax.ts";

const pathField = "http.path";

type TextField = Field & { readonly type: "String" };
type TextTest = (value: string, text: string) => boolean;

const textTests: Partial<Readonly<Record<Operator, TextTest>>> = {
  "==": (value, text) => value === text,
  "!=": (value, text) => value !== text,
  "^=": (value, text) => value.startsWith(text),
  "=^": (value, text) => value.endsWith(text),
  contains: (value, text) => value.includes(text),
};

export const textTestOf = (operator: Operator): TextTest | undefined => textTests[operator];

/** A text, or all of several unless any is enough, compared with a text. */
export class TextComparison implements Predicate {
  private readonly field: TextField;
  private readonly test: TextTest;
  private readonly text: string;
  private readonly lower: boolean;
  private readonly any: boolean;
  /** A prefix of the path is what routes strip. */
  private readonly takesPath: boolean;

  constructor(field: TextField, test: TextTest, text: string, comparison: Comparison) {
    this.field = field;
    this.test = test;
    this.text = text;
    this.lower = comparison.lower;
    this.any = comparison.any;
    this.takesPath = comparison.field === pathField && comparison.operator === "^=";
  }

  holds(facts: Facts, findings?: Findings): boolean {
    const { field, test, text, lower, any } = this;
    const values = field.texts(facts);
    for (const value of values) {
      const holds = test(lower ? value.toLowerCase() : value, text);
      if (holds && findings && this.takesPath) findings.matchedPath = text;
      if (holds === any) return any;
    }
    return !any && values.length > 0;
  }
}

/** The same with a regular expression. */
export class PatternComparison implements Predicate {
  private readonly field: TextField;
  private readonly regex: Regex;
  private readonly lower: boolean;
  private readonly any: boolean;
  private readonly takesPath: boolean;

  constructor(field: TextField, regex: Regex, comparison: Comparison) {
    this.field = field;
    this.regex = regex;
    this.lower = comparison.lower;
    this.any = comparison.any;
    this.takesPath = comparison.field === pathField;
  }

  holds(facts: Facts, findings?: Findings): boolean {
    const { field, lower, any } = this;
    const values = field.texts(facts);
    for (const value of values) {
      const text = lower ? value.toLowerCase() : value;
      if ((findings ? this.find(text, findings) : this.regex.test(text)) === any) return any;
    }
    return !any && values.length > 0;
  }

  private find(text: string, findings: Findings): boolean {
    const { regex } = this;
    const found = regex.exec(text);
    if (!found) return false;
    if (this.takesPath) findings.matchedPath = found.groups[0];
    found.groups.forEach((group, index) => {
      if (group === undefined || index === 0) return;
      findings.unnamed[index - 1] = group;
      const name = regex.groupNames[index];
      if (name !== undefined) findings.named[name] = group;
    });
    return true;
  }
}

type IntTest = (value: number, wanted: number) => boolean;

const intTests: Partial<Readonly<Record<Operator, IntTest>>> = {
  "==": (value, wanted) => value === wanted,
  "!=": (value, wanted) => value !== wanted,
  ">": (value, wanted) => value > wanted,
  ">=": (value, wanted) => value >= wanted,
  "<": (value, wanted) => value < wanted,
  "<=": (value, wanted) => value <= wanted,
};

export const intTestOf = (operator: Operator): IntTest | undefined => intTests[operator];

export class IntComparison implements Predicate {
  private readonly field: Field & { readonly type: "Int" };
  private readonly test: IntTest;
  private readonly wanted: number;

  constructor(field: Field & { readonly type: "Int" }, test: IntTest, wanted: number) {
    this.field = field;
    this.test = test;
    this.wanted = wanted;
  }

  holds(facts: Facts): boolean {
    const value = this.field.number(facts);
    return value !== undefined && this.test(value, this.wanted);
  }
}

export class AddressComparison implements Predicate {
  private readonly field: Field & { readonly type: "IpAddr" };
  private readonly network: Network;
  private readonly isNegative: boolean;
  /** The last address asked about: most requests of a connection bring the same. */
  private last = "";
  private bytes: AddressBytes | undefined;

  constructor(field: Field & { readonly type: "IpAddr" }, network: Network, isNegative: boolean) {
    this.field = field;
    this.network = network;
    this.isNegative = isNegative;
  }

  holds(facts: Facts): boolean {
    const text = this.field.address(facts);
    if (text !== this.last) {
      this.last = text;
      this.bytes = parseAddress(text);
    }
    return this.bytes !== undefined && contains(this.network, this.bytes) !== this.isNegative;
  }
}
