/**
 * Problems in the shape of the value they belong to, as Kong's `fields`: a text at the place of a bad value, an object
 * for a record or map, an array for a list (null where an element is fine). `@entity` holds what concerns the whole.
 */
export type ErrorTree = string | ErrorList | ErrorFields;
export type ErrorList = (ErrorTree | null)[];
export interface ErrorFields {
  [field: string]: ErrorTree;
}

/** Plain data by name, as it comes from JSON or YAML. */
export type Values = Record<string, unknown>;

/** True for a JSON object, false for null and arrays. */
export const isObject = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads an own property: names from outside may be `constructor` or `__proto__`. */
export const own = <T>(object: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/** Writes an own property, whatever its name. */
export function put<T>(object: Record<string, T>, name: string, value: NoInfer<T>): void {
  // Assigning to __proto__ would change the object's prototype instead.
  if (name === "__proto__")
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  else object[name] = value;
}

/** Adds a message about the whole to `errors`. */
export function addEntityError(errors: ErrorFields, message: string): void {
  const list = own(errors, "@entity");
  if (Array.isArray(list)) list.push(message);
  else errors["@entity"] = [message];
}

/** The value at a dotted path (`config.allow`), undefined where something on the way is missing. */
export function at(values: Values, path: string): unknown {
  if (!path.includes(".")) return own(values, path);
  let value: unknown = values;
  for (const name of path.split(".")) {
    if (!isObject(value)) return undefined;
    value = own(value, name);
  }
  return value;
}

/** The error at a dotted path. A text on the way there covers everything below it. */
export function errorAt(errors: ErrorFields, path: string): ErrorTree | undefined {
  if (!path.includes(".")) return own(errors, path);
  let tree: ErrorTree | undefined = errors;
  for (const name of path.split(".")) {
    if (typeof tree === "string") return tree;
    if (tree === undefined || Array.isArray(tree)) return tree;
    tree = own(tree, name);
  }
  return tree;
}

/** Sets the error at a dotted path, keeping what stands beside it. */
export function putErrorAt(errors: ErrorFields, path: string, error: ErrorTree): void {
  const names = path.split(".");
  const last = names.pop()!;
  let tree = errors;
  for (const name of names) {
    const next = own(tree, name);
    if (typeof next === "object" && !Array.isArray(next)) {
      tree = next;
      continue;
    }
    const made: ErrorFields = {};
    put(tree, name, made);
    tree = made;
  }
  put(tree, last, error);
}
