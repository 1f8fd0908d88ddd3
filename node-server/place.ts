/**
 * Where a module of this installation is: TypeScript in a checkout, JavaScript when it is built. Both have their modules one
 * folder below the place that names are relative to.
 *
 * @param name From there, without ending: `core/index`.
 */
export const moduleAt = (name: string): URL =>
  new URL(`../${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
