import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

test("threads that open new files at the same moment all get in", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sallyport-open-"));
  const threads = 8;
  const files = Array.from({ length: 60 }, (_, i) => path.join(folder, `${i}.db`));
  const gate = new SharedArrayBuffer(4);
  const problems = await Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise((resolve, reject) => {
          const thread = new Worker(new URL("../../test/support/opener.ts", import.meta.url), {
            workerData: { files, gate, threads },
          });
          thread.once("message", resolve).once("error", reject);
        }),
    ),
  );
  rmSync(folder, { recursive: true, force: true });
  expect(problems).toEqual(problems.map(() => undefined));
});
