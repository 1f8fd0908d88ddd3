import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Suites of the core run twice: on Node and in workerd. */
const core = ["core/**/*.test.ts", "adapters/{memory,web,http1,crypto}/**/*.test.ts"];

export default defineConfig({
  test: {
    globalSetup: ["./test/support/global.ts"],
    projects: [
      {
        test: {
          name: "node",
          // Suites start daemons and servers; a busy machine takes its time, a hang does not get away.
          testTimeout: 30_000,
          hookTimeout: 60_000,
          include: [
            ...core,
            "adapters/{acme,node,protobuf,quickjs,sql,redis,ldap}/**/*.test.ts",
            "node-server/**/*.test.ts",
            "test/**/*.test.ts",
          ],
          exclude: ["test/workerd/**"],
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./test/workerd/suites.toml" } })],
        test: {
          name: "workerd",
          include: [
            ...core,
            "adapters/cloudflare/**/*.test.ts",
            "workers/**/*.test.ts",
            "test/workerd/**/*.test.ts",
          ],
        },
      },
    ],
  },
});
