import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

export const pidFileOf = (prefix: string): string => path.join(prefix, "pids", "sallyport.pid");

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
      const pid = Number(readFileSync(this.file, "utf8").trim());
      if (Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid)) {
        throw new Error(`Sallyport is already running in ${this.prefix}`);
      }
      rmSync(this.file, { force: true });
    }
  }

  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    rmSync(this.file, { force: true });
  }
}
