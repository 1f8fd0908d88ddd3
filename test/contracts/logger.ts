import { describe, expect, test } from "vitest";
import type { Logger, LogLevel } from "../../core/index.ts";

export interface LoggerWorld {
  /** A logger that writes from `notice` on. */
  readonly logger: Logger;
  /** What was written so far. */
  written(): string;
}

const levels: readonly LogLevel[] = ["debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"];

/** The promises of {@link Logger}. */
export const describeLogger = (name: string, make: () => LoggerWorld): void => {
  describe(`the logger of ${name}`, () => {
    test("writes from its level on", () => {
      const { logger, written } = make();
      for (const level of levels) logger.log(level, `said at ${level}`);
      const enabled = levels.filter((level) => logger.enabled(level));
      expect(levels.filter((level) => written().includes(`said at ${level}`))).toEqual(enabled);
    });

    test("adds the fields of a child to each record", () => {
      const { logger, written } = make();
      logger.child({ worker: 7 }).child({ part: "dns" }).log("error", "it broke", { times: 3 });
      for (const text of ["it broke", "7", "dns", "3"]) expect(written()).toContain(text);
    });

    test("tells an error with its cause", () => {
      const { logger, written } = make();
      logger.log("error", "it broke", { error: new Error("outer", { cause: new Error("inner") }) });
      expect([written().includes("outer"), written().includes("inner")]).toEqual([true, true]);
    });

    test("takes anything as an error", () => {
      const { logger, written } = make();
      for (const error of ["text", 5, null, undefined, { a: 1 }]) logger.log("error", "it broke", { error });
      expect(written()).toContain("it broke");
    });
  });
};
