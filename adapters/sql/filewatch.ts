import { type FSWatcher, watch } from "node:fs";
import path from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EventWatch } from "../../core/index.ts";

/** Milliseconds until it is asked for the last time; each time twice as long as before. */
const longestMs = 256;

/**
 * Notices what other processes write to a SQLite file. Its log grows before the commit can be seen: so it is asked for,
 * half a second at most after each growth.
 */
export class FileWatch implements EventWatch {
  private readonly version: StatementSync;
  private readonly onSignal: () => void;
  private readonly watcher: FSWatcher;
  private seen: unknown;
  /** Undefined while nothing is asked. */
  private waitMs: number | undefined;
  private isOver = false;

  constructor(database: DatabaseSync, file: string, onSignal: () => void, onLost: () => void) {
    this.onSignal = onSignal;
    // Changes with the commits of others, never with one's own.
    this.version = database.prepare("PRAGMA data_version");
    this.seen = this.version.get()?.["data_version"];
    const log = `${path.basename(file)}-wal`;
    this.watcher = watch(path.dirname(file), { persistent: false }, (_, name) => {
      if (name !== log || this.isOver) return;
      if (this.waitMs === undefined) void this.ask();
      else this.waitMs = 1;
    });
    this.watcher.on("error", () => {
      if (this.isOver) return;
      this.isOver = true;
      onLost();
    });
  }

  private async ask(): Promise<void> {
    for (this.waitMs = 1; this.waitMs <= longestMs && !this.isOver; this.waitMs *= 2) {
      const found = this.version.get()?.["data_version"];
      if (found !== this.seen) {
        this.seen = found;
        this.onSignal();
      }
      await after(this.waitMs, undefined, { ref: false });
    }
    this.waitMs = undefined;
  }

  async isAlive(): Promise<boolean> {
    return !this.isOver;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    this.watcher.close();
  }
}
