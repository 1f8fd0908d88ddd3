import { describe, expect, test } from "vitest";
import type { Environment } from "../../core/index.ts";

/** @param make An environment with the variable `TEA=green` and a file at `path` that says `leaves`. */
export const describeEnvironment = (
  name: string,
  make: () => { readonly environment: Environment; readonly path: string },
): void => {
  describe(`the environment of ${name}`, () => {
    test("tells variables, and which are not set", () => {
      const { environment } = make();
      expect([environment.variable("TEA"), environment.variable("NO_TEA")]).toEqual(["green", undefined]);
    });

    test("reads files, and fails for those that are missing", async () => {
      const { environment, path } = make();
      expect(await environment.readText(path)).toBe("leaves");
      await expect(environment.readText(`${path}.missing`)).rejects.toThrow(/no such file/);
    });
  });
};
