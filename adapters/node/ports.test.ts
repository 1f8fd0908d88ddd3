import { describe } from "vitest";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeLogger } from "../../test/contracts/logger.ts";
import { describeTransport } from "../../test/contracts/transport.ts";
import { nodeLogger, NodeTransport } from "./index.ts";

describeTransport("Node", () => new NodeTransport());

describe.each(["text", "json"] as const)("written as %s", (format) => {
  describeLogger("Node", () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "sallyport-log-")), "error.log");
    return {
      logger: nodeLogger({ level: "notice", format, file }),
      written: () => readFileSync(file, "utf8"),
    };
  });
});
