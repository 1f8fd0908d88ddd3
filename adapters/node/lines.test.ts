import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { NodeLineFiles } from "./lines.ts";

test("lines are appended; a file that was moved away is made anew when it is reopened", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "lines-"));
  try {
    const file = path.join(folder, "a.log");
    const files = new NodeLineFiles();
    files.append(file, "one", false);
    files.append(file, "zwö", false);
    renameSync(file, `${file}.1`);
    files.append(file, "three", false);
    files.append(file, "four", true);
    expect(readFileSync(`${file}.1`, "utf8")).toBe("one\nzwö\nthree\n");
    expect(readFileSync(file, "utf8")).toBe("four\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
