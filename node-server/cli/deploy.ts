import { existsSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { workerPlugins, type Tables } from "../../core/index.ts";
import { type EdgeProblem, edgeProblems } from "../edge/problems.ts";
import { controlFile, dataFile, writeProject } from "../edge/project.ts";
import { wrangler } from "../edge/wrangler.ts";
import { readRemote } from "../remote.ts";
import { load } from "./config.ts";
import { CommandError } from "./failure.ts";
import { type ConfOptions, configured } from "./opened.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const line = ({ where, what }: EdgeProblem): string => `${where}: ${what}`;

/** Tells what the edge does without. @throws CommandError with everything that it refuses. */
export const judge = (tables: Tables): void => {
  const problems = edgeProblems(tables, workerPlugins);
  for (const problem of problems)
    if (problem.kind === "ignored") say(`ignored at the edge: ${line(problem)}`);
  const refused = problems.filter(({ kind }) => kind === "refused");
  if (refused.length > 0) throw new CommandError(...refused.map(line));
};

export interface BuildOptions extends ConfOptions {
  readonly edge: string;
  readonly out: string;
  readonly name: string;
  readonly kvId: string;
}

/** `sallyport build --edge <file>`: a Worker that serves a declarative file, without any control plane. */
export const build = async ({ edge: file, out, name, kvId, ...options }: BuildOptions): Promise<void> => {
  const { configuration } = await configured(options);
  const bundled = load(configuration, file);
  judge(bundled);
  const folder = path.resolve(out);
  const written = writeProject(folder, { name, kvId, bundled, hasControl: false });
  say(`${folder}: ${written.join(", ")} written`);
};

export interface DeployOptions extends ConfOptions {
  /** Check and bundle everything, send nothing. */
  readonly dryRun?: boolean;
  /** The folder with the wrangler files. */
  readonly project: string;
  readonly name: string;
  readonly kvId?: string;
  /** A gateway whose configuration is going to be served. */
  readonly admin?: string;
}

/** What a deployed Worker has to have bound. */
const bindings: Readonly<Record<string, readonly string[]>> = {
  [controlFile]: ["CONTROL", "EVENTS", "CONFIG"],
  [dataFile]: ["DICT", "CONFIG"],
};

/** Bundles a Worker without sending it. @throws CommandError for what is wrong in its file. */
const verify = async (folder: string, file: string): Promise<void> => {
  const scratch = mkdtempSync(path.join(folder, ".sallyport-"));
  try {
    const said = await wrangler(folder, ["deploy", "--config", file, "--dry-run", "--outdir", scratch]);
    const missing = bindings[file]!.filter((name) => !said.includes(`env.${name} `));
    if (missing.length > 0) throw new CommandError(...missing.map((name) => `${file}: ${name} is not bound`));
    say(`${file}: ${/Total Upload: (.+)/.exec(said)?.[1] ?? "bundled"}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const current = async (file: string | undefined, { admin, ...options }: DeployOptions): Promise<Tables> => {
  const { conf, configuration } = await configured(options);
  if (file !== undefined) return load(configuration, file);
  return admin === undefined ? {} : readRemote({ url: admin, token: conf.adminToken }, configuration);
};

/**
 * `sallyport deploy [file]`: checks a configuration against what the edge can do, and the wrangler files (which it writes
 * where there are none), and deploys the control plane and then the data plane.
 */
export const deploy = async (file: string | undefined, options: DeployOptions): Promise<void> => {
  const { dryRun: isDry = false, name, kvId } = options;
  judge(await current(file, options));
  const folder = path.resolve(options.project);
  if (!existsSync(path.join(folder, dataFile))) {
    if (kvId === undefined && !isDry)
      throw new CommandError("say --kv-id <id>: of the namespace that 'wrangler kv namespace create' made");
    const written = writeProject(folder, { name, kvId: kvId ?? "sallyport-config", hasControl: true });
    say(`${folder}: ${written.join(", ")} written`);
  }
  const files = [controlFile, dataFile].filter((one) => existsSync(path.join(folder, one)));
  for (const one of files) await verify(folder, one);
  if (isDry) return say("nothing was sent");
  const token = process.env["SALLYPORT_EDGE_TOKEN"];
  for (const one of files) {
    say((await wrangler(folder, ["deploy", "--config", one])).trim());
    if (one !== controlFile) continue;
    if (token === undefined)
      say("SALLYPORT_EDGE_TOKEN is not set: the Admin API keeps the secret that it has");
    else await wrangler(folder, ["secret", "put", "ADMIN_TOKEN", "--config", one], `${token}\n`);
  }
};
