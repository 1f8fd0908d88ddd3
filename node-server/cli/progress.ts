/** Tells how far long work is, on a terminal. */
export interface Progress {
  (done: number, of: number): void;
}

const width = 30;
/** Milliseconds between two drawings. */
const everyMs = 50;

/** A bar on standard error where a person looks at it, nothing anywhere else. */
export const progressBar = (title: string, stream = process.stderr): Progress => {
  if (!stream.isTTY) return () => undefined;
  let drawnAtMs = 0;
  return (done, of) => {
    const nowMs = performance.now();
    if (done < of && nowMs - drawnAtMs < everyMs) return;
    drawnAtMs = nowMs;
    const full = Math.floor((width * done) / of);
    stream.write(`\r${title} [${"=".repeat(full)}${" ".repeat(width - full)}] ${done}/${of}`);
    if (done === of) stream.write("\r\u001b[K");
  };
};
