import { registerHooks } from "node:module";
import { moduleAt } from "./place.ts";

/** The modules of this installation that plugins, scripts and tests import by name. */
export const ownModules: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    sallyport: "core/index",
    "sallyport/testing": "testing/index",
    "sallyport/uuid": "core/uuid/index",
    "sallyport/mlcache": "core/mlcache/index",
    "sallyport/events": "core/events/index",
    "sallyport/timers": "core/timers/index",
    "sallyport/dns": "core/dns/index",
  }).map(([name, file]) => [name, moduleAt(file).href]),
);

let isRegistered = false;

/** Has `import "sallyport"` mean this installation, wherever the importing file lies. */
export const resolveOwnModules = (): void => {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      Object.hasOwn(ownModules, specifier)
        ? { url: ownModules[specifier]!, shortCircuit: true }
        : next(specifier, context),
  });
};
