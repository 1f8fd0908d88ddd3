/** Texts under keys, kept somewhere that may be far away. Each call is atomic, and rejects when the place can't be reached. */
export interface KeyValue {
  /** Undefined for a key that was never set, or whose time is over. */
  get(key: string): Promise<string | undefined>;
  /** @param ttlMs Milliseconds to live, more than 0; without it until it is deleted. */
  set(key: string, value: string, ttlMs?: number): Promise<void>;
  /** Writes only where nothing is. @returns Whether it did. */
  add(key: string, value: string, ttlMs?: number): Promise<boolean>;
  /** Nothing happens when the key is absent. */
  delete(key: string): Promise<void>;
  /** Every key that begins with `prefix`, in no particular order. */
  keys(prefix: string): Promise<string[]>;
}

/** One that holds something open. */
export interface OpenKeyValue extends KeyValue {
  /** Harmless when called again. */
  close(): void;
}
