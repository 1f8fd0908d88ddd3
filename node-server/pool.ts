import { Worker } from "node:worker_threads";
import {
  type AdminAnswer,
  applyChanges,
  type DnsStatistics,
  type GroupState,
  type HealthChange,
  type Logger,
  mergeStatistics,
  type LogLevel,
  type RowChange,
  type Tables,
  type WorkerCounts,
} from "../core/index.ts";
import { bring, changeOver } from "./changeover.ts";
import { Ledger } from "./ledger.ts";
import { Member } from "./member.ts";
import type { FromWorker, ToWorker, WorkerData } from "./messages.ts";
import type { RecordsAnswer, RecordsCall } from "./records.ts";
import { Respawns } from "./respawns.ts";
import type { GivenSocket } from "./socketsource.ts";

const heartbeatMs = 1_000;

interface Configuration {
  readonly version: number;
  readonly tables: Tables;
}

export interface PoolOptions {
  readonly size: number;
  /** MiB of heap for each worker. */
  readonly maxHeapMb: number;
  readonly logger: Logger;
  /** The thread's module. */
  readonly module: URL;
  readonly data: (number: number, heartbeat: Int32Array) => WorkerData;
  /** Told when a thread ended, with what it was born with. */
  readonly onEnded: (data: WorkerData) => void;
  /** Reads and writes rows for the workers. */
  readonly record: (call: RecordsCall) => Promise<RecordsAnswer>;
  /** What a worker of that number accepts from. */
  readonly sockets: (number: number) => Promise<GivenSocket[]>;
}

/** The workers of a node: as many as configured, each on the current configuration, the dead replaced. */
export class WorkerPool {
  private readonly options: PoolOptions;
  private readonly members = new Set<Member>();
  private readonly ledger = new Ledger<Member>();
  private current: Configuration = { version: 0, tables: {} };
  private changes: Promise<unknown> = Promise.resolve();
  private lastQuestion = 0;
  private logLevel: LogLevel | undefined;
  private isClosing = false;
  private readonly watch: NodeJS.Timeout;
  private readonly respawns: Respawns;

  constructor(options: PoolOptions) {
    this.options = options;
    this.respawns = new Respawns(options.logger, async (number) => this.enter(await this.boot(number)));
    this.watch = setInterval(() => this.replaceHung(), heartbeatMs);
  }

  /** Workers that booted since the last turn began, and the turn that brings them to the configuration. */
  private arrivals: { readonly members: Member[]; readonly brought: Promise<void> } | undefined;

  /** Starts every worker. @throws What `load` throws, or Error when a worker can't serve. */
  async start(load: () => Tables | Promise<Tables>): Promise<void> {
    // The threads begin while the tables are read: a start takes 0.3 s less.
    const loaded = this.inTurn(async () => {
      this.current = { version: 1, tables: await load() };
    });
    const booting = Array.from({ length: this.options.size }, (_, number) => this.boot(number));
    const [members] = await Promise.all([Promise.all(booting), loaded]);
    await Promise.all(members.map((member) => this.enter(member)));
  }

  get pids(): number[] {
    return [...this.members].map(({ thread }) => thread.threadId);
  }

  /** A thread that is ready to be given a configuration. */
  private async boot(number: number): Promise<Member> {
    const heartbeat = new Int32Array(new SharedArrayBuffer(4));
    const data = this.options.data(number, heartbeat);
    const thread = new Worker(this.options.module, {
      workerData: data,
      name: `worker ${number}`,
      resourceLimits: { maxOldGenerationSizeMb: this.options.maxHeapMb },
    });
    thread.once("exit", () => this.options.onEnded(data));
    const member = new Member(number, thread, heartbeat);
    this.members.add(member);
    thread.on("message", (message: FromWorker) => {
      if (message.type === "health") this.tellHealth(message.change, member);
      if (message.type === "record") void this.record(message, member);
      if (message.type === "counted") this.ledger.tell(member, message.counts);
    });
    thread.on("error", (error) => (member.error = error));
    thread.once("exit", (code) => this.exited(member, code));
    await member.next("booted");
    return member;
  }

  /** Gives it the configuration and its sockets. */
  private async enter(member: Member): Promise<void> {
    // Changes are made one after the other: what it takes in here is current when it begins to listen.
    await this.arrive(member);
    // There is nothing to serve: whoever starts the pool is told why.
    if (this.current.version === 0) return;
    if (this.logLevel !== undefined) member.send({ type: "log_level", level: this.logLevel });
    const failed = member.next("failed");
    member.listen(await this.options.sockets(member.number));
    const outcome = await Promise.race([member.next("listening"), failed]);
    if (outcome?.type === "listening") {
      member.isListening = true;
      return;
    }
    const { error } = member;
    const problem = outcome?.problem ?? (error instanceof Error ? error.message : "it exited");
    if (!this.isClosing) throw new Error(`worker ${member.number} can't serve: ${problem}`);
  }

  private async record({ id, call }: Extract<FromWorker, { type: "record" }>, member: Member): Promise<void> {
    member.send({ type: "record", id, answer: await this.options.record(call) });
  }

  private exited(member: Member, code: number): void {
    this.members.delete(member);
    this.ledger.leave(member);
    if (this.isClosing) return;
    const { logger } = this.options;
    logger.log("alert", `worker ${member.number} died with code ${code}, starting another`, {
      error: member.error,
    });
    if (!member.isListening) return;
    this.respawns.died(member.number, performance.now() - member.startedAt);
  }

  private replaceHung(): void {
    for (const member of this.members) {
      if (!member.isHung) continue;
      this.options.logger.log("alert", `worker ${member.number} does not respond, replacing it`);
      void member.thread.terminate();
    }
  }

  private inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.changes.then(change);
    this.changes = result.catch(() => undefined);
    return result;
  }

  /** Settles when the worker has the current configuration. Those that come while others change it compile together. */
  private arrive(member: Member): Promise<void> {
    this.arrivals ??= { members: [], brought: this.inTurn(() => this.bringArrivals()) };
    this.arrivals.members.push(member);
    return this.arrivals.brought;
  }

  private async bringArrivals(): Promise<void> {
    const { members } = this.arrivals!;
    this.arrivals = undefined;
    const { version, tables } = this.current;
    if (version === 0) return;
    const message: ToWorker = { type: "prepare", version, tables: JSON.stringify(tables) };
    await Promise.all(members.map((member) => bring(member, message)));
  }

  /**
   * Puts a configuration into every worker: all of them compile it first, then all of them swap. When it returns,
   * no worker serves the old one to a new request.
   *
   * @throws Error when it can't be compiled; every worker then stays on the old one.
   */
  configure(tables: Tables): Promise<void> {
    return this.inTurn(() =>
      this.exchange(
        (version) => ({ type: "prepare", version, tables: JSON.stringify(tables) }),
        (version) => (this.current = { version, tables }),
      ),
    );
  }

  /**
   * Brings changes of rows to every worker, as {@link configure} does with a whole configuration. The tables that were
   * handed in last change with it: a worker that starts later gets them.
   *
   * @throws Error when they can't be compiled; every worker then stays on the old rows.
   */
  change(changes: readonly RowChange[]): Promise<void> {
    return this.inTurn(() =>
      this.exchange(
        (version) => ({ type: "change", version, changes }),
        (version) => {
          applyChanges(this.current.tables, changes);
          this.current = { version, tables: this.current.tables };
        },
      ),
    );
  }

  /** Everybody prepares, then everybody swaps. */
  private async exchange(
    message: (version: number) => ToWorker,
    accept: (version: number) => void,
  ): Promise<void> {
    const version = this.current.version + 1;
    const members = [...this.members].filter((member) => member.version > 0);
    await changeOver(members, version, message(version), () => accept(version));
  }

  /** An address changed sides: every worker but the one that noticed is told. Those born later read it in the zone. */
  tellHealth(change: HealthChange, noticedBy?: Member): void {
    for (const member of this.members) if (member !== noticedBy) member.send({ type: "health", change });
  }

  /** Every worker goes on in new log files. */
  reopenLogs(): void {
    for (const member of this.members) member.send({ type: "reopen" });
  }

  /** What is known of an upstream; undefined when there is none of that name, or no worker to tell. */
  async inspect(upstream: string): Promise<GroupState | undefined> {
    const member = [...this.members].find(({ isListening }) => isListening);
    const answer = member?.next("inspected");
    member?.send({ type: "inspect", upstream });
    return (await answer)?.state;
  }

  /** What a plugin answers to its endpoints of the Admin API; undefined when it has no configuration. */
  async ask(plugin: string, question: unknown): Promise<AdminAnswer | undefined> {
    const member = [...this.members].find(({ isListening }) => isListening);
    const id = ++this.lastQuestion;
    const answer = member?.next("asked", (asked) => asked.id === id);
    member?.send({ type: "ask", id, plugin, question });
    return (await answer)?.answer;
  }

  /** Sets the level from which workers log, those born later included. */
  setLogLevel(level: LogLevel): void {
    this.logLevel = level;
    for (const member of this.members) member.send({ type: "log_level", level });
  }

  /** Asks every worker; one that dies meanwhile is left out. */
  private async askAll<T extends FromWorker["type"]>(
    message: ToWorker,
    type: T,
  ): Promise<Extract<FromWorker, { type: T }>[]> {
    const answers = await Promise.all(
      [...this.members]
        .filter((member) => member.isListening)
        .map((member) => {
          const answer = member.next(type);
          member.send(message);
          return answer;
        }),
    );
    return answers.filter((answer) => answer !== undefined);
  }

  /** What the DNS clients of all workers counted; undefined when the operating system resolves names. */
  async countDns(): Promise<DnsStatistics | undefined> {
    const answers = await this.askAll({ type: "countDns" }, "countedDns");
    const all = answers.map(({ statistics }) => statistics).filter((statistics) => statistics !== undefined);
    return all.length === 0 ? undefined : mergeStatistics(all);
  }

  /** What every worker counted; of those that are gone what they told last. */
  async count(): Promise<WorkerCounts[]> {
    await this.askAll({ type: "count" }, "counted");
    return this.ledger.all();
  }

  /** Lets every worker finish what is under way. @param graceMs Milliseconds until what is left is cut. */
  async close(graceMs: number): Promise<void> {
    this.isClosing = true;
    clearInterval(this.watch);
    this.respawns.close();
    await Promise.all(
      [...this.members].map(async (member) => {
        const gone = new Promise((resolve) => member.thread.once("exit", resolve));
        if (member.isGone) return;
        member.send({ type: "drain", graceMs });
        const late = setTimeout(() => void member.thread.terminate(), graceMs + 1_000);
        await gone;
        clearTimeout(late);
      }),
    );
  }
}
