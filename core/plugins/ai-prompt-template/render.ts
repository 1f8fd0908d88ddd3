const parameter = /\{\{(\w+)\}\}/g;

/** Why a template can't be filled in. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TemplateError";
  }
}

/** Texts by name, escaped to stand inside a text in JSON. */
const escaped = (properties: unknown): ReadonlyMap<string, string> => {
  if (typeof properties !== "object" || properties === null || Array.isArray(properties))
    throw new TemplateError("properties must be an object");
  return new Map(
    Object.entries(properties).map(([name, value]) => {
      if (typeof value !== "string")
        throw new TemplateError(`property values must be a string, got ${luaType(value)}`);
      return [name, JSON.stringify(value).slice(1, -1)];
    }),
  );
};

/** What Kong calls the type of a value. */
const luaType = (value: unknown): string => {
  if (value === null) return "userdata";
  return typeof value === "object" ? "table" : typeof value;
};

/**
 * Fills in a template's parameters.
 *
 * @throws TemplateError when properties are no texts, or some are missing.
 */
export const render = (template: string, properties: unknown): string => {
  const values = escaped(properties);
  const missing = new Set<string>();
  const rendered = template.replace(parameter, (whole, name: string) => {
    const value = values.get(name);
    if (value === undefined) missing.add(`[${name}]`);
    return value ?? whole;
  });
  if (missing.size > 0) throw new TemplateError(`missing template parameters: ${[...missing].join(", ")}`);
  return rendered;
};
