/** True for a text of the form `{vault://name/resource}`, which is resolved when the value is used. */
export const isReference = (value: unknown): value is string =>
  typeof value === "string" && /^\{vault:\/\/[^{}]+\}$/.test(value);
