/** Randomness. Tests seed it; no other code asks the platform. */
export interface Random {
  /** Fills `bytes` from a cryptographically secure source, whatever their number. */
  fill(bytes: Uint8Array): void;
  /** A number in [0, 1) for spreading load and jitter. Never for secrets. */
  fraction(): number;
}
