import { head } from "../../http1/index.ts";
import { hostHolds, judgeMethod } from "./target.ts";

/**
 * Judges the request head that was parsed last.
 *
 * @param more Whether further bytes are already there.
 * @returns 0, or the status to refuse it with.
 * @see RFC 9112 §3.2, §6
 */
export function judgeHead(more: boolean, maxBodyBytes: number): number {
  const { minor, headers, hosts, contentLength, coding } = head;
  const status = judgeMethod(head.method);
  if (status !== 0) return status;
  if (hosts > 1 || (hosts === 0 && minor === 1)) return 400;
  if (hosts === 1 && !hostHolds(headers[head.hostAt]!)) return 400;
  if (contentLength === -2) return 400;
  if (coding !== "none") {
    // RFC 9112 §6.1: both, or chunked before another coding, is how requests are smuggled.
    if (contentLength !== -1 || minor === 0 || coding === "misplaced") return 400;
    if (coding === "unknown") return 501;
  }
  // HTTP/1.0 has no pipelining: what follows a last request was never meant as one.
  if (minor === 0 && !head.keepAlive && contentLength <= 0 && more) return 400;
  return contentLength > maxBodyBytes ? 413 : 0;
}
