import { definePlugin } from "../../core/index.ts";
import { integer, record, string } from "../../core/schema/index.ts";

interface Taken {
  readonly value: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly atMs: number;
}

const nowMs = (): number => performance.timeOrigin + performance.now();
/** What this worker served in its life, by slot. */
const history = new Map<string, Taken[]>();

/** Answers with the value of its configuration, its worker, and every value that the worker served before. */
export const plugin = definePlugin<{ slot: string; value: number }>({
  name: "witness",
  priority: 2,
  config: record(
    {
      slot: string({ required: true, doc: "What the value belongs to." }),
      value: integer({ required: true, doc: "What is answered." }),
    },
    { required: true },
  ),
  create: ({ slot, value }, host) => ({
    access(exchange) {
      exchange.exit(200, { worker: host.node.worker, value, history: history.get(slot) ?? [] });
    },
  }),
  configure(configs) {
    for (const { slot, value } of configs ?? []) {
      const taken = history.get(slot) ?? [];
      if (taken.at(-1)?.value !== value) taken.push({ value, atMs: nowMs() });
      history.set(slot, taken);
    }
  },
});
