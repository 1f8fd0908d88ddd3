import { createRequire, registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
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

/** Tells the loadings of one file apart. */
const loading = "loading";
let loadings = 0;

const { cache } = createRequire(import.meta.url);

/** The URL that loads a file anew, with all files that it imports or requires by relative paths. */
export const anew = (file: string): string => {
  // CommonJS is kept by file, whatever the URL says.
  for (const known of Object.keys(cache))
    if (known === file || !known.includes("/node_modules/")) delete cache[known];
  return `${pathToFileURL(file).href}?${loading}=${++loadings}`;
};

/** What is imported by a module that was loaded {@link anew} belongs to the same loading. */
const inLoading = (url: string, parent: string | undefined): string => {
  const mark = parent?.startsWith("file:") === true ? new URL(parent).searchParams.get(loading) : null;
  return mark === null ? url : `${url}?${loading}=${mark}`;
};

let isRegistered = false;

/** Has `import "sallyport"` mean this installation, wherever the importing file lies. */
export const resolveOwnModules = (): void => {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve(specifier, context, next) {
      if (Object.hasOwn(ownModules, specifier)) return { url: ownModules[specifier]!, shortCircuit: true };
      const found = next(specifier, context);
      // Packages are shared: they don't change while the gateway runs.
      return specifier.startsWith(".") ? { ...found, url: inLoading(found.url, context.parentURL) } : found;
    },
  });
};
