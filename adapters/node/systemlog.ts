import { type ChildProcess, spawn } from "node:child_process";
import type { Clock, Logger, SystemLog } from "../../core/index.ts";

/** Milliseconds before another child is tried in the place of one that ended. */
const pauseMs = 1_000;
/** What a datagram of Linux takes with its default buffers; longer messages are cut. */
const maxMessageBytes = 131_072;
/** Bytes that wait for the child: less than a second of its pace (35,000 messages of 1.5 KB a second). */
const maxWaitingBytes = 4 * 1024 * 1024;

export interface SystemLogOptions {
  /** The socket of the system's log; default `/dev/log`. */
  readonly socket?: string;
}

/**
 * The log of the system by way of logger(1) of util-linux, one child that stays: Node has no sockets of the kind that
 * `/dev/log` is (Unix datagram). The command finds the socket of a log that was restarted by itself. A message costs this
 * thread 4 us and the child 10 us of processor time; a child for each would cost 1.3 ms.
 */
export class LoggerCommand implements SystemLog {
  private readonly logger: Logger;
  private readonly clock: Clock;
  private readonly socket: string | undefined;
  private child: ChildProcess | undefined;
  private lost = 0;
  private retryAtMs = 0;
  private isClosed = false;

  constructor(logger: Logger, clock: Clock, { socket }: SystemLogOptions = {}) {
    this.logger = logger;
    this.clock = clock;
    this.socket = socket;
  }

  write(facility: number, severity: number, message: string): void {
    const stdin = this.isClosed ? undefined : (this.child ?? this.start())?.stdin;
    if (!stdin || stdin.writableLength > maxWaitingBytes) {
      this.lost++;
      return;
    }
    if (this.lost > 0) this.logger.log("warn", `${this.lost} messages for the system's log are lost`);
    this.lost = 0;
    stdin.write(`<${facility * 8 + severity}>${message}\n`);
  }

  /** Settles when what was written is handed over, or can't be any more; what is written later is lost. Harmless when called again. */
  async close(): Promise<void> {
    this.isClosed = true;
    const stdin = this.child?.stdin;
    this.child = undefined;
    if (!stdin || stdin.destroyed) return;
    await new Promise<void>((resolve) => {
      stdin.once("close", resolve);
      stdin.end(resolve);
    });
  }

  private start(): ChildProcess | undefined {
    if (this.clock.nowMs() < this.retryAtMs) return undefined;
    const options = [
      "--prio-prefix",
      "--socket-errors=on",
      "--tag",
      "kong",
      "--size",
      String(maxMessageBytes),
    ];
    if (this.socket !== undefined) options.push("--socket", this.socket);
    const child = spawn("logger", options, { stdio: ["pipe", "ignore", "pipe"] });
    this.child = child;
    const failed = (problem: string): void => {
      this.logger.log("error", `the system's log can't be written: ${problem}`);
      if (this.child !== child) return;
      this.child = undefined;
      this.retryAtMs = this.clock.nowMs() + pauseMs;
    };
    child.on("error", (error) => failed(error.message));
    child.on("exit", (code, signal) => {
      if (this.child === child) failed(`logger ended with ${signal ?? code}`);
    });
    child.stderr.on("data", (text: Buffer) => this.logger.log("error", String(text).trim()));
    // Told by its end.
    child.stdin.on("error", () => undefined);
    for (const handle of [child, child.stdin, child.stderr]) (handle as { unref?(): void }).unref?.();
    return child;
  }
}
