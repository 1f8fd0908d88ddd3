import { connect } from "cloudflare:sockets";
import type { Dialer, DialOutcome } from "../../core/index.ts";

/** Connects by the runtime's sockets. */
export const socketDialer: Dialer = {
  async dial(host, port, timeoutMs) {
    const socket = connect({ hostname: host, port });
    socket.closed.catch(() => undefined);
    const late = new Promise<DialOutcome>((resolve) => {
      AbortSignal.timeout(timeoutMs).addEventListener("abort", () => resolve("timeout"));
    });
    const opened = socket.opened.then(
      (): DialOutcome => "connected",
      (): DialOutcome => "refused",
    );
    const outcome = await Promise.race([opened, late]);
    socket.close().catch(() => undefined);
    return outcome;
  },
};
