import { Master } from "./master.ts";
import type { FromRuntime, ToRuntime } from "./messages.ts";

/** The process that serves. It lives as long as its supervisor, and ends by draining. */
const tell = (message: FromRuntime): void => {
  process.send?.(message);
};

let master: Master | undefined;

const start = async (message: Extract<ToRuntime, { type: "start" }>): Promise<void> => {
  try {
    master = await Master.open(message.conf);
    tell({ type: "ready" });
  } catch (error) {
    const problems = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
    tell({
      type: "failed",
      problems: problems.map((problem) => (problem instanceof Error ? problem.message : String(problem))),
    });
    await master?.close();
    process.exit(1);
  }
};

let isStopping = false;
const stop = async (): Promise<void> => {
  if (isStopping) return;
  isStopping = true;
  await master?.close();
  process.exit(0);
};

process.on("message", (message: ToRuntime) => void (message.type === "start" ? start(message) : stop()));
// The supervisor is gone: nobody would restart or stop this process.
process.on("disconnect", () => void stop());
