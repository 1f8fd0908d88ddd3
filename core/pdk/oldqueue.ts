import { integer, number } from "../schema/index.ts";
import type { QueueOptions } from "./queue.ts";

/** Fields of times when each plugin had a queue of its own; they are still taken. */
export const oldQueueFields = {
  retry_count: integer({ doc: "Without effect; see `queue.max_retry_time`." }),
  queue_size: integer({ doc: "An old name of `queue.max_batch_size`." }),
  flush_timeout: number({ doc: "An old name of `queue.max_coalescing_delay`." }),
};

/** @param unset Their default in those times, which says nothing. */
const isSet = (old: number | null, unset: number): old is number => old !== null && old !== unset;

/** How a queue works: what is said by old names counts. */
export const queueOptions = (
  queue: QueueOptions,
  batchSize: number | null,
  delaySeconds: number | null,
  unset = { batchSize: 1, delaySeconds: 2 },
): QueueOptions => ({
  ...queue,
  ...(isSet(batchSize, unset.batchSize) && { max_batch_size: batchSize }),
  ...(isSet(delaySeconds, unset.delaySeconds) && { max_coalescing_delay: delaySeconds }),
});
