import { createInterface } from "node:readline/promises";
import { DatabaseLocked } from "../../adapters/sql/index.ts";
import type { MigrationName, MigrationState, Migrations } from "../../adapters/sql/index.ts";
import { CommandError } from "./failure.ts";
import { type ConfOptions, configured, withDatabase } from "./opened.ts";
import { say, setQuiet } from "./output.ts";

export interface MigrationsOptions extends ConfOptions {
  /** Answer every question with yes. */
  readonly yes?: boolean;
  /** Say nothing but errors. */
  readonly quiet?: boolean;
  /** Drop everything before. */
  readonly force?: boolean;
  /** Seconds to wait for another node that migrates. */
  readonly lockTimeout?: string;
}

type Work = (migrations: Migrations, waitMs: number, options: MigrationsOptions) => Promise<void>;

const defaultWait = "60";

const waitMsOf = ({ lockTimeout = defaultWait }: MigrationsOptions): number => {
  const seconds = Number(lockTimeout);
  if (!(seconds >= 0)) throw new CommandError(`--lock-timeout is not a number of seconds: '${lockTimeout}'`);
  return seconds * 1000;
};

/** Without a database nothing is ever missing. */
const none: MigrationState = { isBootstrapped: true, executed: [], pending: [], missing: [] };
const nothing: Pick<Migrations, keyof Migrations> = {
  state: async () => none,
  up: async () => [],
  finish: async () => [],
  reset: async () => undefined,
};

/** A command on the migrations of the configured database. */
const onDatabase =
  (work: Work) =>
  async (options: MigrationsOptions): Promise<void> => {
    setQuiet(options.quiet === true);
    const waitMs = waitMsOf(options);
    const { conf, configuration } = await configured(options);
    await withDatabase(conf, configuration, async (opened) => {
      try {
        await work((opened?.migrations ?? nothing) as Migrations, waitMs, options);
      } catch (error) {
        if (!(error instanceof DatabaseLocked)) throw error;
        throw new CommandError("aborted: another node is performing database changes");
      }
    });
  };

const tell = (done: readonly MigrationName[]): void => {
  for (const { subsystem, name } of done) say(`${subsystem} migrated up to: ${name}`);
  say(`${done.length} migrations processed`);
};

/** `migrations bootstrap`: brings an empty database to this version's form. */
export const bootstrap = onDatabase(async (migrations, waitMs, { force = false }) => {
  if (force) await migrations.reset(waitMs);
  if ((await migrations.state()).isBootstrapped) {
    say("Database already bootstrapped");
    return;
  }
  say("Bootstrapping database...");
  const done = await migrations.up(waitMs);
  await migrations.finish(waitMs);
  tell(done);
  say("Database is up-to-date");
});

/** `migrations up`: begins what is new; nodes of the version before go on working. */
export const up = onDatabase(async (migrations, waitMs) => {
  const { isBootstrapped, pending } = await migrations.state();
  if (!isBootstrapped) {
    throw new CommandError("Database needs bootstrapping; run 'sallyport migrations bootstrap'");
  }
  if (pending.length > 0) {
    throw new CommandError("Database has pending migrations; run 'sallyport migrations finish'");
  }
  const done = await migrations.up(waitMs);
  if (done.length === 0) say("Database is already up-to-date");
  else tell(done);
});

/** `migrations finish`: ends what `up` began, when no node of the version before runs any more. */
export const finish = onDatabase(async (migrations, waitMs) => {
  const done = await migrations.finish(waitMs);
  if (done.length === 0) say("No pending migrations to finish");
  else tell(done);
});

/** `start --run-migrations`: brings the database to this version's form, whatever it has. */
export const runMigrations = onDatabase(async (migrations, waitMs) => {
  const { isBootstrapped, missing, pending } = await migrations.state();
  if (isBootstrapped && missing.length === 0 && pending.length === 0) return;
  const done = await migrations.up(waitMs);
  await migrations.finish(waitMs);
  tell(done);
});

const listed = (title: string, names: readonly MigrationName[]): void => {
  if (names.length === 0) return;
  say(`${title}:`);
  for (const [subsystem, own] of Map.groupBy(names, (name) => name.subsystem)) {
    say(`    ${subsystem}: ${own.map(({ name }) => name).join(", ")}`);
  }
};

/** Kong's exit codes of `migrations list`. */
const exitCode = ({ isBootstrapped, pending, missing }: MigrationState): number => {
  if (!isBootstrapped) return 3;
  if (pending.length > 0) return 4;
  return missing.length > 0 ? 5 : 0;
};

/** `migrations list`: exit code 0 up to date, 3 needs bootstrap, 4 pending, 5 new ones available. */
export const list = onDatabase(async (migrations) => {
  const state = await migrations.state();
  listed("Executed migrations", state.executed);
  listed("Pending migrations", state.pending);
  if (state.isBootstrapped) listed("New migrations available", state.missing);
  else say("Database needs bootstrapping; run 'sallyport migrations bootstrap'");
  process.exitCode = exitCode(state);
});

/** `migrations status`: the same as one line of JSON. */
export const status = onDatabase(async (migrations) => {
  const { isBootstrapped, executed, pending, missing } = await migrations.state();
  say(
    JSON.stringify({
      needs_bootstrap: !isBootstrapped,
      executed_migrations: executed,
      pending_migrations: pending,
      new_migrations: isBootstrapped ? missing : [],
    }),
  );
});

const confirm = async (): Promise<boolean> => {
  if (!process.stdin.isTTY) throw new CommandError("not a terminal: say --yes to drop all data");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("> Are you sure? This operation is irreversible. [y/n] ");
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
};

/** `migrations reset`: drops everything, rows included. */
export const reset = onDatabase(async (migrations, waitMs, { yes = false }) => {
  if (!(await migrations.state()).isBootstrapped) {
    throw new CommandError("Database not bootstrapped, nothing to reset");
  }
  if (!yes && !(await confirm())) {
    say("> Canceled");
    return;
  }
  await migrations.reset(waitMs);
  say("Database successfully reset");
});
