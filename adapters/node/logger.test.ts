import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { nodeLogger } from "./logger.ts";

test.runIf(existsSync("/dev/full")).each(["text", "json"] as const)(
  "a full disk costs %s records, never the process",
  (format) => {
    const logger = nodeLogger({ level: "debug", format, file: "/dev/full" });
    expect(() => {
      for (let i = 0; i < 3; i++) logger.log("error", "nobody reads this");
    }).not.toThrow();
  },
);
