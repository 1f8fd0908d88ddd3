import { uuidV5Maker } from "../uuid/index.ts";

/** One ranked part of a route: all its regular expressions, or its prefixes of one length. */
export interface RoutePart {
  /** The route's id, or one made from it when the route has several parts; breaks ties. */
  readonly id: string;
  /** Undefined when the route doesn't look at the path. */
  readonly paths: readonly string[] | undefined;
}

const partId = uuidV5Maker("7f145bf9-0dce-4f91-98eb-debbce4b9f6b");

export const isRegexPath = (path: string): boolean => path.charCodeAt(0) === 126;

/** Parts of a route, each of which has one rank. @param paths Byte strings. */
export function splitByPath(routeId: string, paths: readonly string[] | undefined): RoutePart[] {
  if (!paths || paths.length < 2) return [{ id: routeId, paths }];
  const groups = new Map<number, string[]>();
  for (const path of paths) {
    const key = isRegexPath(path) ? 0 : path.length;
    const group = groups.get(key);
    if (group) group.push(path);
    else groups.set(key, [path]);
  }
  if (groups.size === 1) return [{ id: routeId, paths }];
  return [...groups.values()].map((group, index) => ({
    id: partId(`${routeId}#${index + 1}`),
    paths: group,
  }));
}
