import { setTimeout as after } from "node:timers/promises";
import { createInterface } from "node:readline/promises";
import {
  compareTables,
  type DeclarativeConfiguration,
  exportDocument,
  type Tables,
} from "../../core/index.ts";
import { readRemote, type Remote } from "../remote.ts";
import { judge } from "./deploy.ts";
import { CommandError } from "./failure.ts";
import { type ConfOptions, configured } from "./opened.ts";
import { tell } from "./plan.ts";

export interface SyncOptions extends ConfOptions {
  readonly from: string;
  readonly to: string;
  readonly fromToken?: string;
  readonly toToken?: string;
  /** Don't ask. */
  readonly yes?: boolean;
  /** Go on, and bring over each change. */
  readonly watch?: boolean;
  /** Seconds between two looks. */
  readonly interval: string;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Puts the rows in the place of all that the edge has: one transaction, so that it can be done again at any time. */
const push = async (
  { url, token }: Remote,
  tables: Tables,
  { context }: DeclarativeConfiguration,
): Promise<void> => {
  const response = await fetch(`${url.replace(/\/$/, "")}/declarative`, {
    method: "PUT",
    headers: {
      "Content-Type": "application/json",
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(exportDocument(tables, context.entities)),
  });
  const text = await response.text();
  if (!response.ok) throw new CommandError(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
  const { written, unchanged, deleted } = JSON.parse(text) as Record<string, number>;
  say(`${written} written, ${unchanged} unchanged, ${deleted} deleted`);
};

const agrees = async (): Promise<boolean> => {
  if (!process.stdin.isTTY) throw new CommandError("say --yes to do it");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(?:es)?$/i.test(await terminal.question("Do it? [y/N] "));
  } finally {
    terminal.close();
  }
};

/**
 * `sallyport sync --from <admin> --to <edge admin>`: brings what a gateway holds to the edge's control plane, where it
 * becomes one version. Tells first what is going to change. What failed half-way is done by another run.
 */
export const sync = async (options: SyncOptions): Promise<void> => {
  const { conf, configuration } = await configured(options);
  const from: Remote = { url: options.from, token: options.fromToken ?? conf.adminToken };
  const to: Remote = { url: options.to, token: options.toToken ?? process.env["SALLYPORT_EDGE_TOKEN"] };
  const { entities } = configuration.context;

  /** @returns Whether there was something to do. */
  const once = async (mayAsk: boolean): Promise<boolean> => {
    const wanted = await readRemote(from, configuration);
    const differences = compareTables(await readRemote(to, configuration), wanted, entities);
    if (differences.length === 0) return false;
    tell(differences);
    judge(wanted);
    if (mayAsk && options.yes !== true && !(await agrees())) throw new CommandError("nothing was changed");
    await push(to, wanted, configuration);
    return true;
  };

  if (!(await once(true))) say("nothing to do");
  if (options.watch !== true) return;
  const intervalMs = Math.max(0.1, Number(options.interval)) * 1000;
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  while (!stop.signal.aborted) {
    await after(intervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
    if (stop.signal.aborted) return;
    // Whatever fails is told, and tried again with the next look.
    await once(false).catch((error: unknown) => process.stderr.write(`Error: ${String(error)}\n`));
  }
};
