import { type NodeLogger, nodeLogger } from "../adapters/node/index.ts";
import { accountFor, handOver } from "./account.ts";
import type { Conf } from "./conf/load.ts";
import { PidFile } from "./pidfile.ts";
import { preparePrefix } from "./prefix.ts";
import { clearNotes, leaveAnswer, takeNote } from "./reloadnote.ts";
import { Supervisor } from "./supervisor.ts";

export interface DaemonOptions {
  readonly isBackground: boolean;
  /** Reads the configuration again. @throws Error with `problems` when it is wrong. */
  readonly reread: () => Conf;
}

const stopSignals = ["SIGTERM", "SIGINT", "SIGQUIT"] as const;

/** A supervised gateway, ruled by signals: TERM, INT and QUIT stop it, HUP reloads, USR1 reopens logs, USR2 upgrades. */
export class Daemon {
  private conf: Conf;
  private readonly options: DaemonOptions;
  private readonly logger: NodeLogger;
  private readonly pidFile: PidFile;
  private supervisor: Supervisor | undefined;

  constructor(conf: Conf, options: DaemonOptions) {
    this.conf = conf;
    this.options = options;
    this.pidFile = new PidFile(conf.prefix);
    this.logger = nodeLogger({
      level: conf.logLevel,
      format: conf.logFormat,
      file: options.isBackground ? conf.errorLog : undefined,
    });
  }

  /** @throws Error when it can't start: then nothing is left running. */
  async start(onWaiting: (reason: string) => void): Promise<void> {
    const { conf, logger } = this;
    const account = accountFor(conf.user);
    this.pidFile.acquire();
    try {
      clearNotes(conf.prefix);
      if (account !== undefined) handOver(conf.prefix, account);
      for (const warning of conf.warnings) logger.log("warn", warning);
      const supervisor = new Supervisor({ conf, logger, account, onWaiting });
      this.supervisor = supervisor;
      for (const signal of stopSignals) process.on(signal, () => this.stop(signal));
      // A signal of the terminal that started it is no reason to stop: HUP means reload from the first moment.
      process.on("SIGHUP", () => void this.change("reload"));
      process.on("SIGUSR2", () => void this.change("upgrade"));
      process.on("SIGUSR1", () => this.reopenLogs());
      await supervisor.start();
    } catch (error) {
      this.pidFile.release();
      throw error;
    }
  }

  /** Settles when the gateway was stopped and nothing is left of it. */
  get done(): Promise<void> {
    return this.supervisor!.done.then(() => {
      clearNotes(this.conf.prefix);
      this.pidFile.release();
    });
  }

  /** @returns Why it can't; empty when the configuration as it is now is served. */
  reload(): Promise<readonly string[]> {
    return this.change("reload");
  }

  private stop(signal: string): void {
    if (this.supervisor!.isStopping) return;
    this.logger.log("notice", `${signal}: stopping`);
    this.supervisor!.stop();
  }

  private reopenLogs(): void {
    this.logger.reopen();
    this.supervisor!.reopenLogs();
    this.logger.log("notice", "log files were opened again");
  }

  /** What can't be changed is told, and changes nothing. */
  private async change(how: "reload" | "upgrade"): Promise<readonly string[]> {
    const { logger } = this;
    const note = how === "reload" ? takeNote(this.conf.prefix) : undefined;
    let problems: readonly string[] = [];
    try {
      const conf = note?.conf ?? this.options.reread();
      if (conf.prefix !== this.conf.prefix) throw new Error("a running gateway can't change its prefix");
      await this.supervisor![how](conf);
      this.conf = conf;
      logger.level = conf.logLevel;
      for (const warning of conf.warnings) logger.log("warn", warning);
      preparePrefix(conf);
      logger.log("notice", how === "reload" ? "reloaded" : "upgraded: another process serves");
    } catch (error) {
      problems =
        error instanceof Error && "problems" in error
          ? (error.problems as readonly string[])
          : [(error as Error).message];
      logger.log("error", `${how} refused, the old configuration is served on: ${problems.join("; ")}`);
    }
    if (note !== undefined) leaveAnswer(this.conf.prefix, { id: note.id, problems });
    return problems;
  }
}
