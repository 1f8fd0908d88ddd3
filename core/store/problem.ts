import { type ErrorFields, pretty, violationMessage } from "../schema/index.ts";

/** Kong's numbers and names for what can be wrong with a call to the database, with the HTTP status that tells it. */
const table = {
  invalidPrimaryKey: { code: 1, name: "invalid primary key", status: 400 },
  schemaViolation: { code: 2, name: "schema violation", status: 400 },
  primaryKeyViolation: { code: 3, name: "primary key violation", status: 400 },
  foreignKeyViolation: { code: 4, name: "foreign key violation", status: 400 },
  uniqueViolation: { code: 5, name: "unique constraint violation", status: 409 },
  notFound: { code: 6, name: "not found", status: 404 },
  invalidOffset: { code: 7, name: "invalid offset", status: 400 },
  invalidSize: { code: 9, name: "invalid size", status: 400 },
  invalidUnique: { code: 10, name: "invalid unique", status: 400 },
  invalidOptions: { code: 11, name: "invalid options", status: 400 },
  unsupported: { code: 12, name: "operation unsupported", status: 405 },
  foreignKeysUnresolved: { code: 13, name: "foreign keys unresolved", status: 400 },
  referencedByOthers: { code: 19, name: "referenced by others", status: 400 },
} as const;

export type ProblemKind = keyof typeof table;

interface Details {
  /** Added to the name: the field of an invalid unique key. */
  readonly of?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A call that the database refuses. `body` is what a client of the Admin API is told. */
export class StoreProblem extends Error {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(kind: ProblemKind, message: string, { of, fields, options }: Details = {}) {
    super(message);
    this.name = "StoreProblem";
    const { code, name, status } = table[kind];
    this.kind = kind;
    this.status = status;
    this.body = {
      code,
      name: of === undefined ? name : `${name} ${of}`,
      message,
      ...(fields && { fields }),
      ...(options && { options }),
    };
  }
}

export const schemaViolation = (errors: ErrorFields): StoreProblem =>
  new StoreProblem("schemaViolation", violationMessage(errors), { fields: errors });

export const notFound = (key: Readonly<Record<string, unknown>>): StoreProblem =>
  new StoreProblem(
    "notFound",
    `could not find the entity with ${"id" in key ? "primary key " : ""}'${pretty(key)}'`,
    { fields: key },
  );

export const invalidOption = (option: string, message: string): StoreProblem =>
  new StoreProblem("invalidOptions", `invalid option (${option}: ${message})`, {
    options: { [option]: message },
  });

const rooted = (value: unknown): unknown => value ?? null;

/** A value of a unique key that another row has. */
export const uniqueViolation = (
  fields: readonly string[],
  values: Readonly<Record<string, unknown>>,
): StoreProblem => {
  const told = Object.fromEntries(fields.map((field) => [field, rooted(values[field])]));
  return new StoreProblem("uniqueViolation", `UNIQUE violation detected on '${pretty(told)}'`, {
    fields: told,
  });
};
