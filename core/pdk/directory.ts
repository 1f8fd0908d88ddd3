import type { Row } from "./rows.ts";

/**
 * Entities that are too many to compile into the configuration: consumers, credentials.
 *
 * An answer that is at hand comes at once, otherwise as a promise: continue with {@link whenReady}.
 */
export interface Directory {
  /** @param field A unique field of the entity, or `id`. */
  find(entity: string, field: string, value: string): Row | undefined | Promise<Row | undefined>;
}

/** Continues at once with a value, or later with a promise's: what is at hand costs no microtask. */
export const whenReady = <T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> =>
  value instanceof Promise ? value.then(next) : next(value);
