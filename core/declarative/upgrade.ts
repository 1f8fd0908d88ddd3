import { isObject } from "../schema/tree.ts";
import type { Values } from "../schema/index.ts";

/** Characters that no plain path has: before format 3.0 they made a path a regular expression. */
const plain = /^[a-zA-Z0-9.\-_~/%]*$/;

const upgradePath = (path: unknown): unknown =>
  typeof path === "string" && !plain.test(path) ? `~${path}` : path;

const upgradeRoute = (route: unknown): unknown =>
  isObject(route) && Array.isArray(route["paths"])
    ? { ...route, paths: route["paths"].map(upgradePath) }
    : route;

const upgradeRoutes = (routes: unknown): unknown =>
  Array.isArray(routes) ? routes.map(upgradeRoute) : routes;

/**
 * Brings a document of format 1.1 or 2.1 to 3.0: regular expressions among route paths get their `~`. As in Kong this
 * reaches top-level routes and routes in top-level services.
 */
export function upgrade(document: Values): Values {
  const version = document["_format_version"];
  if (version !== "1.1" && version !== "2.1") return document;
  const upgraded: Values = { ...document, _format_version: "3.0" };
  if ("routes" in document) upgraded["routes"] = upgradeRoutes(document["routes"]);
  if (Array.isArray(document["services"]))
    upgraded["services"] = document["services"].map((service: unknown) =>
      isObject(service) && "routes" in service
        ? { ...service, routes: upgradeRoutes(service["routes"]) }
        : service,
    );
  return upgraded;
}
