import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Tables } from "../../core/index.ts";
import { moduleAt } from "../place.ts";

const compatibilityDate = "2026-11-01";

/** Where a Worker of this package is. */
const moduleOf = (name: string): string => fileURLToPath(moduleAt(`workers/${name}`));

export interface ProjectOptions {
  /** Name of the data plane's Worker; the control plane's has `-control` behind it. */
  readonly name: string;
  /** The id of the KV namespace that both share. */
  readonly kvId: string;
  /** Serves while, or instead of, what a control plane publishes. */
  readonly bundled?: Tables | undefined;
  /** Whether there is a control plane. */
  readonly hasControl: boolean;
}

/** Files of a wrangler project, by name. */
export const controlFile = "wrangler.control.toml";
export const dataFile = "wrangler.toml";

const relative = (folder: string, file: string): string =>
  path.relative(folder, file).split(path.sep).join("/");

const object = (name: string, className: string, script?: string): string =>
  `
[[durable_objects.bindings]]
name = "${name}"
class_name = "${className}"
${script === undefined ? "" : `script_name = "${script}"\n`}`;

const kv = (id: string): string => `
[[kv_namespaces]]
binding = "CONFIG"
id = "${id}"
`;

const migration = (...classes: string[]): string => `
[[migrations]]
tag = "v1"
new_sqlite_classes = [${classes.map((name) => `"${name}"`).join(", ")}]
`;

const head = (name: string, main: string): string =>
  `name = "${name}"\nmain = "${main}"\ncompatibility_date = "${compatibilityDate}"\nminify = true\n`;

const dataProject = ({ name, kvId, hasControl }: ProjectOptions, main: string): string =>
  [
    head(name, main),
    kv(kvId),
    `\n[triggers]\ncrons = ["* * * * *"]\n`,
    ...(hasControl
      ? [
          object("CONTROL", "ControlPlane", `${name}-control`),
          object("EVENTS", "EventLogObject", `${name}-control`),
          `\n[[services]]\nbinding = "ADMIN"\nservice = "${name}-control"\n`,
        ]
      : []),
    object("DICT", "DictShard"),
    object("HEALTH", "HealthChecks"),
    migration("DictShard", "HealthChecks"),
  ].join("");

const controlProject = ({ name, kvId }: ProjectOptions, main: string): string =>
  [
    head(`${name}-control`, main),
    kv(kvId),
    object("CONTROL", "ControlPlane"),
    object("EVENTS", "EventLogObject"),
    migration("ControlPlane", "EventLogObject"),
  ].join("");

/** The module that serves a bundled configuration. */
const entry = (folder: string): string => {
  const module = (name: string): string => JSON.stringify(relative(folder, moduleOf(name)));
  return [
    `import { createWorker } from ${module("worker")};`,
    `import tables from "./configuration.json";`,
    `export { DictShard, HealthChecks, UpstreamConnections } from ${module("index")};`,
    `export default createWorker(tables);\n`,
  ].join("\n");
};

/** Puts the files of a project into a folder; those that are there stay, but for what is bundled. @returns What was written. */
export const writeProject = (folder: string, options: ProjectOptions): string[] => {
  mkdirSync(folder, { recursive: true });
  const written: string[] = [];
  const write = (name: string, text: string, isOurs: boolean): void => {
    const file = path.join(folder, name);
    if (!isOurs && existsSync(file)) return;
    writeFileSync(file, text);
    written.push(name);
  };
  const { bundled, hasControl } = options;
  if (bundled !== undefined) {
    write("configuration.json", JSON.stringify(bundled), true);
    write("worker.js", entry(folder), true);
  }
  const main = bundled === undefined ? relative(folder, moduleOf("index")) : "worker.js";
  write(dataFile, dataProject(options, main), false);
  if (hasControl)
    write(controlFile, controlProject(options, relative(folder, moduleOf("control/index"))), false);
  return written;
};
