import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { bundledPlugins, declaredPlugins } from "../core/index.ts";

const root = path.resolve(import.meta.dirname, "..");
const isTest = (file: string): boolean => file.endsWith(".test.ts");
const sources = globSync("{core,adapters,node-server,workers}/**/*.{ts,mjs}", { cwd: root })
  .map((file) => file.split(path.sep).join("/"))
  .filter((file) => !file.endsWith(".d.ts"));

const withoutComments = (text: string): string => text.replace(/\/\*[^]*?\*\/|(^|[^:"'`])\/\/.*$/gm, "$1");
const withoutTexts = (text: string): string =>
  text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');

interface Source {
  readonly file: string;
  readonly text: string;
  /** Module names as written; relative ones resolved from the repository's root. */
  readonly imports: readonly string[];
}

const read = (file: string): Source => {
  const text = withoutComments(readFileSync(path.join(root, file), "utf8"));
  const names = [
    ...text.matchAll(
      /(?:^|[\s;])(?:import|export)\s[^"';]*?from\s*"([^"$]+)"|^\s*import\s*"([^"$]+)"|\bimport\(\s*"([^"$]+)"/gm,
    ),
  ];
  const imports = names.map(([, from, bare, dynamic]) => {
    const name = (from ?? bare ?? dynamic)!;
    return name.startsWith(".")
      ? path.posix.normalize(path.posix.join(path.posix.dirname(file), name))
      : name;
  });
  return { file, text, imports };
};

const all = sources.map(read);
const product = all.filter(({ file }) => !isTest(file));
const inFolder = (folder: string): Source[] => product.filter(({ file }) => file.startsWith(`${folder}/`));

/** From the ground up: a folder imports only what stands before it. */
const order = [
  "errors.ts",
  "ready.ts",
  "ports",
  "schema",
  "http",
  "uuid",
  "timers",
  "mlcache",
  "dns",
  "balancer",
  "events",
  "entities",
  "store",
  "declarative",
  "router",
  "pdk",
  "pipeline",
  "proxy",
  "plugins",
  "admin",
  "gateway.ts",
  "index.ts",
];
const partOf = (file: string): string => file.split("/")[1]!;

/** The packages that core may use: they run anywhere. */
const packageOf = (name: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name;
const corePackages = new Set(["@noble/hashes", "aws4fetch", "hono", "itty-router", "yaml", "jose"]);

const offences = (files: readonly Source[], isAllowed: (file: string, name: string) => boolean): string[] =>
  files.flatMap(({ file, imports }) =>
    imports.filter((name) => !isAllowed(file, name)).map((name) => `${file} imports ${name}`),
  );

describe("the house", () => {
  test("every folder of core stands in the order", () => {
    expect(
      inFolder("core")
        .filter(({ file }) => !order.includes(partOf(file)))
        .map(({ file }) => file),
    ).toEqual([]);
  });

  test("a folder of core imports only what stands before it", () => {
    const isAllowed = (file: string, name: string): boolean => {
      if (!name.startsWith("core/")) return true;
      const [from, to] = [order.indexOf(partOf(file)), order.indexOf(partOf(name))];
      return to >= 0 && to <= from;
    };
    expect(offences(inFolder("core"), isAllowed)).toEqual([]);
  });

  test("core imports nothing but itself and packages that run anywhere", () => {
    const isAllowed = (_: string, name: string): boolean =>
      name.startsWith("core/") || corePackages.has(packageOf(name));
    expect(offences(inFolder("core"), isAllowed)).toEqual([]);
  });

  test("core asks no platform: its world is handed in", () => {
    const forbidden =
      /\b(?:process\.|Buffer\b|setTimeout\(|setInterval\(|setImmediate\(|queueMicrotask\(|fetch\(|Date\.now\(|new Date\(\)|Math\.random\(|crypto\.(?!\w+Problem)|navigator\.|new Function\(|eval\()/;
    const found = inFolder("core").flatMap(({ file, text }) =>
      withoutTexts(text)
        .split("\n")
        .filter((line) => forbidden.test(line) && !/\.\w*fetch\(|fetch\(request: Request\)/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });

  test("an adapter sees the front door of core, its ports and its own technology", () => {
    const isAllowed = (file: string, name: string): boolean => {
      if (name.startsWith("core/")) return name === "core/index.ts" || name.startsWith("core/ports/");
      // A protocol is no technology: whoever holds connections may speak it.
      if (name === "adapters/http1/index.ts") return true;
      if (name.startsWith("adapters/")) return name.split("/")[1] === file.split("/")[1];
      return !name.startsWith("node-server/") && !name.startsWith("workers/");
    };
    expect(offences(inFolder("adapters"), isAllowed)).toEqual([]);
  });

  test("adapters that run anywhere import no runtime", () => {
    const anywhere = ["web", "memory", "http1"].flatMap((name) => inFolder(`adapters/${name}`));
    expect(offences(anywhere, (_, name) => !/^(?:node|cloudflare):/.test(name))).toEqual([]);
  });

  test("a root sees core and adapters by their front doors", () => {
    const isAllowed = (file: string, name: string): boolean => {
      if (name.startsWith("core/")) return name === "core/index.ts";
      if (name.startsWith("adapters/")) return /^adapters\/\w+\/(?:index|node)\.ts$/.test(name);
      const other = file.startsWith("workers/") ? "node-server/" : "workers/";
      return !name.startsWith(other);
    };
    expect(offences([...inFolder("node-server"), ...inFolder("workers")], isAllowed)).toEqual([]);
  });

  test("the edge root and what it uses import no Node module", () => {
    const edge = [...inFolder("workers"), ...inFolder("adapters/cloudflare")];
    expect(offences(edge, (_, name) => !name.startsWith("node:"))).toEqual([]);
  });

  test("a plugin knows no other plugin, no pipeline and no gateway", () => {
    const isAllowed = (file: string, name: string): boolean => {
      if (/^core\/plugins\/\w+\.ts$/.test(file)) return true;
      if (name.startsWith("core/plugins/")) return name.split("/")[2] === file.split("/")[2];
      return !/^core\/(?:pipeline|proxy|admin|gateway|index)/.test(name);
    };
    expect(offences(inFolder("core/plugins"), isAllowed)).toEqual([]);
  });

  test("the list of plugins equals the folders, each name once", () => {
    const folders = globSync("core/plugins/*/index.ts", { cwd: root }).map((file) =>
      path.basename(path.dirname(file)),
    );
    expect(bundledPlugins.map(({ name }) => name).sort()).toEqual(folders.sort());
    expect(declaredPlugins.map(({ name }) => name).sort()).toEqual(folders);
  });

  test("no file or folder is called after nothing in particular", () => {
    expect(
      sources.filter((file) => /(?:^|\/)(?:utils?|helpers?|common|misc|manager)(?:\.|\/)/.test(file)),
    ).toEqual([]);
  });
});

describe("the packages", () => {
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Record<
    "dependencies" | "optionalDependencies" | "devDependencies",
    Record<string, string>
  >;
  const declared = {
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.devDependencies,
  };

  test("each has its reason in DEPENDENCIES.md", () => {
    const reasons = readFileSync(path.join(root, "DEPENDENCIES.md"), "utf8");
    expect(Object.keys(declared).filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
  });

  test("each is pinned to one version", () => {
    expect(Object.entries(declared).filter(([, range]) => !/^\d/.test(range))).toEqual([]);
  });

  test("what the product imports is declared as a dependency", () => {
    const packageOf = (name: string): string => name.split("/", name.startsWith("@") ? 2 : 1).join("/");
    const used = product
      .flatMap(({ imports }) => imports)
      .filter(
        (name) =>
          !/^(?:node|cloudflare):/.test(name) &&
          !/^(?:core|adapters|node-server|workers|examples|package\.json)/.test(name),
      )
      .map(packageOf);
    expect([...new Set(used)].filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  test("the lockfile names no host", () => {
    expect(readFileSync(path.join(root, "package-lock.json"), "utf8")).not.toContain('"resolved"');
  });
});
