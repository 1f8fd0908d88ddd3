import { closeSync, openSync, writeSync } from "node:fs";
import type { LineFiles } from "../../core/index.ts";

/** Files that stay open; a line is one write, so that lines of several threads never mix. */
export class NodeLineFiles implements LineFiles {
  private readonly open = new Map<string, number>();

  append(path: string, line: string, isReopened: boolean): void {
    if (isReopened) this.close(path);
    let fd = this.open.get(path);
    if (fd === undefined) this.open.set(path, (fd = openSync(path, "a", 0o644)));
    const bytes = Buffer.from(`${line}\n`);
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  }

  /** Goes on in new files of the same names, after the old ones were moved away. */
  reopen(): void {
    for (const path of [...this.open.keys()]) this.close(path);
  }

  private close(path: string): void {
    const fd = this.open.get(path);
    this.open.delete(path);
    if (fd !== undefined) closeSync(fd);
  }
}
