import type { BoundSocket } from "../adapters/node/index.ts";
import { become } from "./account.ts";
import { Master } from "./master.ts";
import { NodeMemory } from "./memory.ts";
import type { FromRuntime, ToRuntime } from "./messages.ts";
import { SocketSource } from "./socketsource.ts";

/** The process that serves. It lives as long as its supervisor, and ends by draining. */
const tell = (message: FromRuntime): void => {
  process.send?.(message);
};

const sockets = new SocketSource(tell);
let memory: NodeMemory | undefined;
let master: Master | undefined;
/** Those before, while requests on them end. */
const retiring = new Set<Master>();
let isStopping = false;

const fail = (error: unknown): void => {
  const problems = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  tell({
    type: "failed",
    problems: problems.map((problem) => (problem instanceof Error ? problem.message : String(problem))),
  });
};

const start = async ({
  conf,
  sockets: counts,
  account,
  declared,
}: Extract<ToRuntime, { type: "start" }>): Promise<void> => {
  try {
    if (account !== undefined) become(account);
    memory = NodeMemory.create(conf.memCacheBytes);
    master = await Master.open(conf, {
      counts,
      sockets,
      memory,
      declared,
      isReload: false,
      onWaiting: (reason) => tell({ type: "waiting", reason }),
    });
    tell({ type: "ready" });
  } catch (error) {
    fail(error);
    process.exit(1);
  }
};

/** New workers come up beside the old ones; those end when what they serve has. A failure changes nothing. */
const reload = async ({ conf, sockets: counts }: Extract<ToRuntime, { type: "reload" }>): Promise<void> => {
  const old = master!;
  try {
    memory = memory!.resized(conf.memCacheBytes);
    master = await Master.open(conf, {
      counts,
      sockets,
      memory,
      declared: old.declared,
      isReload: true,
      onWaiting: undefined,
    });
  } catch (error) {
    fail(error);
    return;
  }
  tell({ type: "reloaded" });
  retiring.add(old);
  await old.close(conf.shutdownMs);
  retiring.delete(old);
};

const stop = async (graceMs: number): Promise<void> => {
  if (isStopping) return;
  isStopping = true;
  await Promise.all([...retiring, ...(master ? [master] : [])].map((one) => one.close(graceMs)));
  process.exit(0);
};

process.on("message", (message: ToRuntime, handle: BoundSocket | undefined) => {
  switch (message.type) {
    case "start":
      void start(message);
      return;
    case "reload":
      void reload(message);
      return;
    case "reopen":
      for (const one of [...retiring, ...(master ? [master] : [])]) one.reopenLogs();
      return;
    case "declared":
      tell({ type: "declared", declared: master?.declared });
      return;
    case "socket":
      sockets.received(message, handle);
      return;
    case "stop":
      void stop(message.graceMs);
  }
});
// The supervisor is gone: nobody would restart or stop this process.
process.on("disconnect", () => void stop(10_000));
