import { existsSync } from "node:fs";
import path from "node:path";

/** Where a program is; undefined when the machine does not have it. */
export const programOf = (name: string): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file));
