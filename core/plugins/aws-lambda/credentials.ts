import type { Clock } from "../../ports/clock.ts";

/** What requests to AWS are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
  /** Milliseconds since the epoch; Infinity for those that stay. */
  readonly expiresAtMs: number;
}

/** @throws Error when there are none. */
export type CredentialSource = () => Promise<Credentials>;

/** How long before they expire credentials are renewed: what is signed last has to arrive in time. */
const marginMs = 60_000;

/**
 * Credentials as long as they last. Whoever asks while they are fetched waits for the same answer. When they can't be
 * renewed, the old ones serve until they expire.
 */
export const kept = (load: CredentialSource, clock: Clock): CredentialSource => {
  let held: Credentials | undefined;
  let fetching: Promise<Credentials> | undefined;
  const renew = async (): Promise<Credentials> => {
    try {
      return (held = await load());
    } catch (error) {
      if (held !== undefined && held.expiresAtMs > clock.nowMs()) return held;
      throw error;
    } finally {
      fetching = undefined;
    }
  };
  return () => {
    if (held !== undefined && held.expiresAtMs - marginMs > clock.nowMs()) return Promise.resolve(held);
    return (fetching ??= renew());
  };
};

/** The first of the sources that has some. @throws Error with the reason of each. */
export const firstOf =
  (sources: readonly CredentialSource[]): CredentialSource =>
  async () => {
    const reasons: string[] = [];
    for (const source of sources) {
      try {
        return await source();
      } catch (error) {
        reasons.push((error as Error).message);
      }
    }
    throw new Error(`no AWS credentials available: ${reasons.join("; ")}`);
  };

/** The milliseconds of a time as AWS writes it. @throws Error when it is none. */
export const expiryOf = (text: unknown): number => {
  const ms = typeof text === "string" ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new Error(`credentials came with no expiration`);
  return ms;
};
