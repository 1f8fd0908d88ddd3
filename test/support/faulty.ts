import { definePlugin } from "../../core/index.ts";
import { record } from "../../core/schema/index.ts";

/** Kills its worker on demand: `X-Fault: throw | exit | heap | hang`. */
export const plugin = definePlugin({
  name: "faulty",
  priority: 5,
  config: record({}, { required: true }),
  create: () => ({
    access({ request }) {
      switch (request.headers.get("x-fault")) {
        case "throw":
          setImmediate(() => {
            throw new Error("a fault that was asked for");
          });
          return new Promise(() => undefined);
        case "exit":
          process.exit(3);
        case "heap": {
          const kept: unknown[] = [];
          for (;;) kept.push(Array.from({ length: 1_000_000 }, String));
        }
        default:
          return undefined;
      }
    },
  }),
});
