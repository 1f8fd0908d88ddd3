const withoutLastSlash = (path: string): string => path.slice(0, -1);

/** One leading dot segment left over by stripping must not climb out of the service's path. */
export function dropLeadingDots(rest: string): string {
  if (rest.charCodeAt(0) !== 46) return rest;
  if (rest === "." || rest === "..") return "";
  if (rest.startsWith("./")) return rest.slice(2);
  return rest.startsWith("../") ? rest.slice(3) : rest;
}

function stripped(base: string, path: string, rest: string): string {
  if (rest !== "") {
    const slashes = (base.endsWith("/") ? 1 : 0) + (rest.startsWith("/") ? 1 : 0);
    if (slashes === 2) return withoutLastSlash(base) + rest;
    return slashes === 1 ? base + rest : `${base}/${rest}`;
  }
  if (base === "/") return "/";
  // A path of the root alone keeps the base as it is.
  if (path === "/") return base;
  const bare = base.endsWith("/") ? withoutLastSlash(base) : base;
  return path.endsWith("/") ? `${bare}/` : bare;
}

/**
 * The path for the upstream (`path_handling` v0): the service's path and the request's joined by one slash.
 *
 * @param base The service's path, `/` when it has none.
 * @param path The normalised path of the request.
 * @param rest What is left of it after the matched part, or undefined to keep all of it.
 */
export function joinPaths(base: string, path: string, rest: string | undefined): string {
  if (rest !== undefined) return stripped(base, path, rest);
  if (base === "/") return path;
  if (base.endsWith("/")) return withoutLastSlash(base) + path;
  return path === "/" ? base : base + path;
}

/** The path for the upstream (`path_handling` v1): plain concatenation without the request's first slash. */
export function concatenatePaths(base: string, path: string, rest: string | undefined): string {
  if (rest === undefined) return base + path.slice(1);
  return base.endsWith("/") && rest.startsWith("/") ? withoutLastSlash(base) + rest : base + rest;
}
