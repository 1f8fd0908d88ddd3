import { connect } from "node:net";
import type { Dialer, DialOutcome } from "../../core/index.ts";

/** Connects by TCP. */
export const nodeDialer: Dialer = {
  dial: (host, port, timeoutMs) =>
    new Promise<DialOutcome>((resolve) => {
      const socket = connect({ host, port });
      const end = (outcome: DialOutcome): void => {
        clearTimeout(timer);
        // A reset and not a wait for the other side: a probe leaves nothing behind.
        socket.destroy();
        resolve(outcome);
      };
      const timer = setTimeout(() => end("timeout"), timeoutMs);
      socket.once("connect", () => end("connected"));
      socket.once("error", () => end("refused"));
    }),
};
