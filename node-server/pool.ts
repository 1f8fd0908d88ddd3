import { Worker } from "node:worker_threads";
import { serverOn } from "../adapters/node/index.ts";
import {
  applyChanges,
  type HealthChange,
  type Logger,
  type LogLevel,
  type RowChange,
  type Tables,
  type WorkerCounts,
} from "../core/index.ts";
import type { FromWorker, ToWorker, WorkerData } from "./messages.ts";
import type { GivenSocket } from "./socketsource.ts";

/** A worker whose event loop stood still this long is replaced. */
const hangMs = 15_000;
const heartbeatMs = 1_000;
/** A worker that lived shorter than this is respawned with growing delay. */
const healthyMs = 5_000;
const maxDelayMs = 5_000;

interface Configuration {
  readonly version: number;
  readonly tables: Tables;
}

/** One worker thread, as its master sees it. */
class Member {
  readonly number: number;
  readonly thread: Worker;
  readonly startedAt = performance.now();
  version = 0;
  isListening = false;
  isGone = false;
  private readonly heartbeat: Int32Array;
  private lastBeat = 0;
  private lastBeatAt = performance.now();
  private readonly waiting: {
    accepts: (message: FromWorker) => boolean;
    settle: (message: FromWorker | undefined) => void;
  }[] = [];

  constructor(number: number, thread: Worker, heartbeat: Int32Array) {
    this.number = number;
    this.thread = thread;
    this.heartbeat = heartbeat;
    thread.on("message", (message: FromWorker) => {
      const at = this.waiting.findIndex(({ accepts }) => accepts(message));
      if (at >= 0) this.waiting.splice(at, 1)[0]!.settle(message);
    });
    thread.once("exit", () => {
      this.isGone = true;
      for (const { settle } of this.waiting.splice(0)) settle(undefined);
    });
  }

  get isHung(): boolean {
    const beat = Atomics.load(this.heartbeat, 0);
    if (beat !== this.lastBeat) {
      this.lastBeat = beat;
      this.lastBeatAt = performance.now();
    }
    return performance.now() - this.lastBeatAt > hangMs;
  }

  send(message: ToWorker): void {
    if (!this.isGone) this.thread.postMessage(message);
  }

  /** Listening servers move to the thread. */
  listen(sockets: readonly GivenSocket[]): void {
    if (this.isGone) return;
    const servers = sockets.map(({ address, socket, backlog }) => ({
      address,
      // It listens and moves in the same turn: nothing is accepted here.
      server: serverOn(socket, backlog),
    }));
    const message: ToWorker = { type: "listen", servers };
    // Node can move a listening server; its types do not know.
    this.thread.postMessage(message, servers.map(({ server }) => server) as never);
  }

  /** The next message of that type; undefined when the worker is gone before. */
  next<T extends FromWorker["type"]>(type: T): Promise<Extract<FromWorker, { type: T }> | undefined> {
    return new Promise((resolve) => {
      if (this.isGone) resolve(undefined);
      else
        this.waiting.push({
          accepts: (message) => message.type === type,
          settle: (message) => resolve(message as Extract<FromWorker, { type: T }> | undefined),
        });
    });
  }
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
  /** What a worker of that number accepts from. */
  readonly sockets: (number: number) => Promise<GivenSocket[]>;
}

/** The workers of a node: as many as configured, each on the current configuration, the dead replaced. */
export class WorkerPool {
  private readonly options: PoolOptions;
  private readonly members = new Set<Member>();
  private current: Configuration = { version: 0, tables: {} };
  private changes: Promise<unknown> = Promise.resolve();
  private delayMs = 0;
  private readonly unhealthy = new Set<string>();
  private logLevel: LogLevel | undefined;
  private isClosing = false;
  private readonly watch: NodeJS.Timeout;
  private readonly respawns = new Set<NodeJS.Timeout>();

  constructor(options: PoolOptions) {
    this.options = options;
    this.watch = setInterval(() => this.replaceHung(), heartbeatMs);
  }

  /** Starts every worker. @throws Error when one of them can't serve. */
  async start(tables: Tables): Promise<void> {
    this.current = { version: 1, tables };
    await Promise.all(Array.from({ length: this.options.size }, (_, number) => this.spawn(number)));
  }

  get pids(): number[] {
    return [...this.members].map(({ thread }) => thread.threadId);
  }

  private async spawn(number: number): Promise<void> {
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
    });
    const failed = member.next("failed");
    let lastError: unknown;
    thread.on("error", (error) => (lastError = error));
    thread.once("exit", (code) => this.exited(member, code, lastError));
    await member.next("booted");
    // Changes are made one after the other: what it takes in here is current when it begins to listen.
    await this.inTurn(() => this.bring(member));
    if (this.logLevel !== undefined) member.send({ type: "log_level", level: this.logLevel });
    member.listen(await this.options.sockets(number));
    const outcome = await Promise.race([member.next("listening"), failed]);
    if (outcome?.type === "listening") {
      member.isListening = true;
      return;
    }
    const problem = outcome?.problem ?? (lastError instanceof Error ? lastError.message : "it exited");
    if (!this.isClosing) throw new Error(`worker ${number} can't serve: ${problem}`);
  }

  private exited(member: Member, code: number, error: unknown): void {
    this.members.delete(member);
    if (this.isClosing) return;
    const { logger } = this.options;
    logger.log("alert", `worker ${member.number} died with code ${code}, starting another`, { error });
    if (!member.isListening) return;
    const lived = performance.now() - member.startedAt;
    this.delayMs = lived > healthyMs ? 0 : Math.min(maxDelayMs, Math.max(50, this.delayMs * 2));
    this.respawn(member.number);
  }

  private respawn(number: number): void {
    const timer = setTimeout(() => {
      this.respawns.delete(timer);
      if (this.isClosing) return;
      this.spawn(number).catch((error: unknown) => {
        this.options.logger.log("crit", `worker ${number} can't be replaced yet`, { error });
        this.delayMs = Math.min(maxDelayMs, Math.max(50, this.delayMs * 2));
        if (!this.isClosing) this.respawn(number);
      });
    }, this.delayMs);
    this.respawns.add(timer);
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

  /** Brings one worker to the current configuration. */
  private async bring(member: Member): Promise<void> {
    const { version, tables } = this.current;
    if (member.version === version) return;
    const prepared = member.next("prepared");
    member.send({ type: "prepare", version, tables });
    const answer = await prepared;
    if (answer?.problem !== undefined) throw new Error(answer.problem);
    const committed = member.next("committed");
    member.send({ type: "commit", version });
    await committed;
    member.version = version;
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
        (version) => ({ type: "prepare", version, tables }),
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
    const prepared = await Promise.all(
      members.map((member) => {
        const answer = member.next("prepared");
        member.send(message(version));
        return answer;
      }),
    );
    const problem = prepared.find((answer) => answer?.problem !== undefined)?.problem;
    if (problem !== undefined) throw new Error(problem);
    accept(version);
    await Promise.all(
      members.map((member) => {
        const answer = member.next("committed");
        member.send({ type: "commit", version });
        return answer.then(() => (member.version = version));
      }),
    );
  }

  /** An address changed sides: every worker but the one that noticed is told. Those born later learn it by traffic. */
  tellHealth(change: HealthChange, noticedBy?: Member): void {
    const { upstream, host, port, isHealthy } = change;
    const address = JSON.stringify([upstream, host, port ?? null]);
    if (isHealthy) this.unhealthy.delete(address);
    else this.unhealthy.add(address);
    for (const member of this.members) if (member !== noticedBy) member.send({ type: "health", change });
  }

  /** What is served. */
  get tables(): Tables {
    return this.current.tables;
  }

  /** Every worker goes on in new log files. */
  reopenLogs(): void {
    for (const member of this.members) member.send({ type: "reopen" });
  }

  /** Sets the level from which workers log, those born later included. */
  setLogLevel(level: LogLevel): void {
    this.logLevel = level;
    for (const member of this.members) member.send({ type: "log_level", level });
  }

  /** Whether an address of an upstream is served, as far as workers told. */
  isHealthy(upstream: string, host: string, port: number): boolean {
    return (
      !this.unhealthy.has(JSON.stringify([upstream, host, port])) &&
      !this.unhealthy.has(JSON.stringify([upstream, host, null]))
    );
  }

  /** What every worker counted; a worker that dies meanwhile is left out. */
  async count(): Promise<WorkerCounts[]> {
    const answers = await Promise.all(
      [...this.members]
        .filter((member) => member.isListening)
        .map((member) => {
          const answer = member.next("counted");
          member.send({ type: "count" });
          return answer;
        }),
    );
    return answers.flatMap((answer) => answer?.counts ?? []);
  }

  /** Lets every worker finish what is under way. @param graceMs Milliseconds until what is left is cut. */
  async close(graceMs: number): Promise<void> {
    this.isClosing = true;
    clearInterval(this.watch);
    for (const timer of this.respawns) clearTimeout(timer);
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
