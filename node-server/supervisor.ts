import { type ChildProcess, fork } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "../core/index.ts";
import type { Account } from "./account.ts";
import type { Conf } from "./conf/load.ts";
import type { Declared } from "./declarative.ts";
import type { FromRuntime, ToRuntime } from "./messages.ts";
import { moduleAt } from "./place.ts";
import { Sockets } from "./sockets.ts";

const runtime = fileURLToPath(moduleAt("node-server/runtime"));
/** A runtime that lived shorter than this is restarted with growing delay. */
const healthyMs = 5_000;
const maxDelayMs = 5_000;
/** Milliseconds that requests under way have when the gateway stops. */
const graceMs = 10_000;

/** Bytes of a declarative file from which on heaps begin large. */
const largeFileBytes = 1 << 20;

/**
 * A heap that begins small is collected again and again while a large configuration comes in. With the semi-space
 * 100,000 routes on two workers took 5.9 s of processor time instead of 7.5 s, for 25 MiB a worker; with 400 MiB before
 * the first whole collection 3.1 s on one worker instead of 4.2 s, for nothing.
 */
const heapFlags = ({ declarativeConfig }: Conf): readonly string[] => {
  const bytes =
    declarativeConfig === undefined ? 0 : (statSync(declarativeConfig, { throwIfNoEntry: false })?.size ?? 0);
  return bytes < largeFileBytes
    ? []
    : ["--min-semi-space-size=32", "--max-semi-space-size=32", "--initial-heap-size=400"];
};

/** The gateway can't start or change; each problem is a line for people. */
export class StartError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "StartError";
    this.problems = problems;
  }
}

export interface SupervisorOptions {
  readonly conf: Conf;
  readonly logger: Logger;
  /** Who serves; undefined for who this is. */
  readonly account: Account | undefined;
  /** Told what a start waits for. */
  readonly onWaiting?: (reason: string) => void;
}

type Answer = Extract<FromRuntime, { type: "ready" | "failed" | "reloaded" | "declared" }>;

/** A process that serves, as its supervisor sees it. */
class Runtime {
  readonly child: ChildProcess;
  readonly startedAt = performance.now();
  isReady = false;
  isStopping = false;
  private waiting: ((answer: Answer | undefined) => void)[] = [];

  constructor(child: ChildProcess, sockets: Sockets, onWaiting: (reason: string) => void) {
    this.child = child;
    child.on("message", (message: FromRuntime) => {
      if (message.type === "waiting") onWaiting(message.reason);
      else if (message.type === "socket") this.hand(message, sockets);
      else this.waiting.shift()?.(message);
    });
    child.once("exit", () => {
      for (const settle of this.waiting.splice(0)) settle(undefined);
    });
  }

  private hand({ id, name, number }: Extract<FromRuntime, { type: "socket" }>, sockets: Sockets): void {
    const socket = sockets.get(name, number);
    const message: ToRuntime = { type: "socket", id, isFound: socket !== undefined };
    // The copy here stays open. Node's types know sockets and servers only.
    this.child.send(message, socket as never, { keepOpen: true });
  }

  send(message: ToRuntime): void {
    if (this.child.connected) this.child.send(message);
  }

  /** What it says next; undefined when it ends before. Questions are answered in their order. */
  ask(message: ToRuntime): Promise<Answer | undefined> {
    if (!this.child.connected) return Promise.resolve(undefined);
    this.child.send(message);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** @param graceMs Milliseconds until what is left is cut; a second later the process is killed. */
  stop(graceMs: number): void {
    this.isStopping = true;
    this.send({ type: "stop", graceMs });
    setTimeout(() => this.child.kill("SIGKILL"), graceMs + 5_000).unref();
  }
}

/**
 * The small process that outlives all others: it owns the sockets, starts the process that serves, and starts it
 * again.
 */
export class Supervisor {
  private readonly options: SupervisorOptions;
  private readonly logger: Logger;
  private readonly sockets = new Sockets();
  private conf: Conf;
  private current: Runtime | undefined;
  private readonly all = new Set<Runtime>();
  private restarts = 0;
  private delayMs = 0;
  /** True once it was asked to stop. */
  isStopping = false;
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private ended: () => void = () => undefined;
  /** Settles when the gateway was stopped. */
  readonly done: Promise<void>;

  constructor(options: SupervisorOptions) {
    this.options = options;
    this.conf = options.conf;
    this.logger = options.logger;
    this.done = new Promise((resolve) => (this.ended = resolve));
  }

  /** @throws StartError when the gateway can't start: then nothing is left running. */
  start(): Promise<void> {
    return this.inTurn(async () => {
      try {
        this.current = await this.spawn(this.conf, undefined);
      } catch (error) {
        this.sockets.close();
        throw error;
      }
    });
  }

  /** @throws StartError */
  private async spawn(conf: Conf, declared: Declared | undefined): Promise<Runtime> {
    const sockets = await this.open(conf);
    // A group of its own: Ctrl-C reaches the supervisor alone, which lets the runtime drain.
    const child = fork(runtime, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
      execArgv: [...process.execArgv, ...heapFlags(conf)],
      // Compiled code is kept: starting again takes half the time (2.2 s to 1.0 s on two busy processors). Who gives up
      // root keeps it where that user may write.
      env: {
        ...process.env,
        ...(this.options.account !== undefined && { NODE_COMPILE_CACHE: path.join(conf.prefix, "cache") }),
      },
    });
    const started = new Runtime(child, this.sockets, (reason) => {
      this.logger.log("warn", reason);
      this.options.onWaiting?.(reason);
    });
    this.all.add(started);
    child.once("exit", (code, signal) => this.exited(started, signal ?? `code ${code}`));
    const { account } = this.options;
    const answer = await started.ask({ type: "start", conf, sockets, account, declared });
    if (answer?.type === "ready") {
      started.isReady = true;
      return started;
    }
    throw new StartError(
      answer?.type === "failed" ? answer.problems : ["the gateway's process died while starting"],
    );
  }

  private async open(conf: Conf) {
    try {
      return await this.sockets.open(conf);
    } catch (error) {
      const problems = error instanceof AggregateError ? (error.errors as Error[]) : [error as Error];
      throw new StartError(problems.map(({ message }) => message));
    }
  }

  private exited(runtime: Runtime, cause: string): void {
    this.all.delete(runtime);
    if (this.isStopping) {
      if (this.all.size === 0) this.end();
    } else if (runtime.isReady && runtime === this.current) {
      this.restart(cause, performance.now() - runtime.startedAt);
    }
  }

  private end(): void {
    this.sockets.close();
    this.ended();
  }

  private restart(cause: string, livedMs: number): void {
    this.current = undefined;
    this.restarts++;
    this.delayMs = livedMs > healthyMs ? 0 : Math.min(maxDelayMs, this.delayMs === 0 ? 50 : this.delayMs * 2);
    this.logger.log("alert", `the gateway's process died (${cause}), starting it again`, {
      restarts: this.restarts,
    });
    this.timer = setTimeout(() => {
      void this.inTurn(async () => {
        try {
          this.current = await this.spawn(this.conf, undefined);
          this.logger.log("notice", "the gateway serves again");
        } catch (error) {
          if (this.isStopping) return;
          const problems = error instanceof StartError ? error.problems : [String(error)];
          for (const problem of problems) this.logger.log("crit", problem);
          this.restart("it could not start", 0);
        }
      });
    }, this.delayMs);
  }

  /** One change after the other, the start being the first. */
  private inTurn(change: () => Promise<void>): Promise<void> {
    const result = this.turn.then(change);
    this.turn = result.catch(() => undefined);
    return result;
  }

  /**
   * Has new workers serve another configuration of the node; those before end when their requests have.
   *
   * @throws StartError when it can't be served: then the old one is served on.
   */
  reload(conf: Conf): Promise<void> {
    return this.inTurn(async () => {
      const { current } = this;
      if (current === undefined) throw new StartError(["the gateway's process is not there to be reloaded"]);
      const sockets = await this.open(conf);
      const answer = await current.ask({ type: "reload", conf, sockets });
      if (answer?.type !== "reloaded") {
        this.sockets.retain(this.conf);
        throw new StartError(
          answer?.type === "failed" ? answer.problems : ["the gateway's process died while reloading"],
        );
      }
      this.conf = conf;
      this.sockets.retain(conf);
    });
  }

  /**
   * Has another process serve, made from the program that is installed now; the one before ends when its requests
   * have.
   *
   * @throws StartError when it can't: then the old one serves on.
   */
  upgrade(conf: Conf): Promise<void> {
    return this.inTurn(async () => {
      const old = this.current;
      const answer = await old?.ask({ type: "declared" });
      const declared = answer?.type === "declared" ? answer.declared : undefined;
      this.current = await this.spawn(conf, declared);
      this.conf = conf;
      this.sockets.retain(conf);
      old?.stop(conf.shutdownMs);
    });
  }

  /** Goes on in new log files. */
  reopenLogs(): void {
    for (const runtime of this.all) runtime.send({ type: "reopen" });
  }

  /** Lets the runtime drain; kills it when it takes too long. */
  stop(): void {
    if (this.isStopping) return;
    this.isStopping = true;
    clearTimeout(this.timer);
    if (this.all.size === 0) this.end();
    for (const runtime of this.all) runtime.stop(graceMs);
  }
}
