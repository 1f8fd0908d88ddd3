import { describe, expect, inject, test } from "vitest";
import type { Dialer } from "../../core/index.ts";

/** The promises of {@link Dialer}, against a real listener and a port that nobody listens on. */
export const describeDialer = (name: string, dialer: Dialer): void => {
  describe(`the dialer of ${name}`, () => {
    test("connects to who listens", async () => {
      expect(await dialer.dial("127.0.0.1", inject("upstreamPort"), 10_000)).toBe("connected");
    });

    test("is refused where nobody listens", async () => {
      expect(await dialer.dial("127.0.0.1", inject("deadPort"), 10_000)).toBe("refused");
    });

    test("gives up in time", async () => {
      // TEST-NET-1 (RFC 5737): nobody answers; some networks say so at once.
      expect(["timeout", "refused"]).toContain(await dialer.dial("192.0.2.1", 9, 50));
    });
  });
};
