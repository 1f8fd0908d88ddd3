/** What is at hand at once on one runtime, and later on another. */
export type Ready<T> = T | Promise<T>;

/** Continues at once with a value, or later with a promise's: what is at hand costs no microtask. */
export const whenReady = <T, R>(value: Ready<T>, next: (value: T) => Ready<R>): Ready<R> =>
  value instanceof Promise ? value.then(next) : next(value);
