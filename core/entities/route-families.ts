import { customCheck } from "../schema/index.ts";
import type { Check, Field, RecordSpec } from "../schema/index.ts";
import { compileRules } from "../schema/rule.ts";

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");

const isSet = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : typeof value === "object" && value !== null && Object.keys(value).length > 0;

/** One of the matchers must be set for the route's protocols. */
function mustSetOne(http: readonly string[], secure: readonly string[], tls: string, plain: string): Check {
  const sources = ["protocols", ...secure];
  return customCheck({
    field_sources: sources,
    run_with_missing_fields: true,
    check(row) {
      const isSecure = (row["protocols"] as readonly string[]).includes(tls);
      const names = isSecure ? secure : http;
      if (
        names.some((name) => isSet(row[name])) ||
        isSet(row["expression"]) ||
        typeof row["expression"] === "string"
      )
        return undefined;
      return `must set one of ${quoted(names)} when 'protocols' is ${isSecure ? `'${tls}'` : plain}`;
    },
  });
}

/** The field can't be set in this family. */
const never = (field: Field, message: string): Field => ({
  ...field,
  rules: { ...field.rules, eq: null, err: message },
});

/** The field with another default, and only that value. */
const fixed = (field: Field, value: boolean, message: string): Field => {
  const rules = { ...field.rules, default: value, eq: value, err: message };
  return { ...field, rules, verdicts: compileRules(field.type, rules, undefined) };
};

interface Family {
  readonly protocols: readonly string[];
  readonly forbidden: readonly string[];
  readonly told: string;
  readonly check: Check;
}

const httpMatchers = ["methods", "hosts", "headers", "paths"] as const;
const grpcMatchers = ["hosts", "headers", "paths"] as const;
const streamTold = "'tcp', 'tls', 'tls_passthrough' or 'udp'";

const families: readonly Family[] = [
  {
    protocols: ["http", "https"],
    forbidden: ["sources", "destinations"],
    told: "'http' or 'https'",
    check: mustSetOne(httpMatchers, [...httpMatchers, "snis"], "https", "'http'"),
  },
  {
    protocols: ["grpc", "grpcs"],
    forbidden: ["methods", "sources", "destinations"],
    told: "'grpc' or 'grpcs'",
    check: mustSetOne(grpcMatchers, [...grpcMatchers, "snis"], "grpcs", "'grpc'"),
  },
  {
    protocols: ["tcp", "tls", "udp"],
    forbidden: httpMatchers,
    told: streamTold,
    check: mustSetOne(
      ["sources", "destinations", "snis"],
      ["sources", "destinations", "snis"],
      "",
      "'tcp', 'tls' or 'udp'",
    ),
  },
  {
    protocols: ["tls_passthrough"],
    forbidden: httpMatchers,
    told: streamTold,
    check: mustSetOne(["snis"], ["snis"], "", "'tls_passthrough'"),
  },
];

/**
 * The record of routes by their first protocol: each family forbids the others' matchers and demands one of its own.
 *
 * @param addressesEverywhere Expressions may look at addresses in HTTP routes too.
 */
export function familyRecords(
  base: RecordSpec,
  addressesEverywhere: boolean,
): ReadonlyMap<string, RecordSpec> {
  const records = new Map<string, RecordSpec>();
  for (const family of families) {
    const fields = new Map(base.fields);
    for (const name of family.forbidden) {
      if (addressesEverywhere && (name === "sources" || name === "destinations")) continue;
      fields.set(name, never(fields.get(name)!, `cannot set '${name}' when 'protocols' is ${family.told}`));
    }
    if (family.protocols.includes("grpc"))
      fields.set(
        "strip_path",
        fixed(
          fields.get("strip_path")!,
          false,
          "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
        ),
      );
    const record: RecordSpec = { ...base, fields, checks: [...base.checks, family.check] };
    family.check.prepare(record);
    for (const protocol of family.protocols) records.set(protocol, record);
  }
  return records;
}
