import { definePlugin } from "../../core/index.ts";
import { record } from "../../core/schema/index.ts";

let heard = 0;

/** Shows what workers share: `X-Do: get | delete | tell`. */
export const plugin = definePlugin({
  name: "shared",
  priority: 4,
  config: record({}, { required: true }),
  initWorker(host) {
    host.events?.subscribe("shared", "told", () => heard++);
  },
  create: (_, host) => ({
    async access(exchange) {
      const { worker } = host.node;
      const answer = (facts: object): void => exchange.exit(200, { worker, heard, ...facts });
      switch (exchange.request.headers.get("x-do")) {
        case "get":
          return answer(
            await host.cache.get("shared:k", () => `made by ${worker} at ${host.clock.monotonicMs()}`),
          );
        case "delete":
          await host.cache.delete("shared:k");
          return answer({});
        default:
          host.events?.publish("shared", "told", null);
          return answer({});
      }
    },
  }),
});
