import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Milliseconds since the epoch at which a process began; undefined where the system does not tell. */
const startedAtMs = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name may hold anything, parentheses included: fields are counted from its end. Ticks are 10 ms on Linux.
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
    const startMs = Number(boot) * 1000 + ticks * 10;
    return Number.isFinite(startMs) ? startMs : undefined;
  } catch {
    return undefined;
  }
};

/** The boot time is told in whole seconds, and clocks are set. */
const toleranceMs = 5_000;

export const pidFileOf = (prefix: string): string => path.join(prefix, "pids", "sallyport.pid");

/**
 * The process that runs a prefix; undefined when none does. A process that began after the file was written is another
 * program that got the number of a dead one.
 */
export const runningPid = (prefix: string): number | undefined => {
  const file = pidFileOf(prefix);
  try {
    const pid = Number(readFileSync(file, "utf8").trim());
    if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
    const startMs = startedAtMs(pid);
    return startMs !== undefined && startMs > statSync(file).mtimeMs + toleranceMs ? undefined : pid;
  } catch {
    return undefined;
  }
};

/** The file that tells which process runs a prefix. */
export class PidFile {
  private readonly file: string;
  private readonly prefix: string;
  private isHeld = false;

  constructor(prefix: string) {
    this.prefix = prefix;
    this.file = pidFileOf(prefix);
  }

  /** @throws Error when another process that is alive holds it. A file left by a dead one is taken over. */
  acquire(): void {
    mkdirSync(path.dirname(this.file), { recursive: true });
    for (;;) {
      try {
        // Exclusive: of two starts at once one fails.
        writeFileSync(this.file, `${process.pid}\n`, { flag: "wx" });
        this.isHeld = true;
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const pid = runningPid(this.prefix);
      if (pid !== undefined && pid !== process.pid)
        throw new Error(`Sallyport is already running in ${this.prefix}`);
      rmSync(this.file, { force: true });
    }
  }

  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    rmSync(this.file, { force: true });
  }
}
