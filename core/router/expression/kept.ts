/** Values kept for other routes; many ask for the same method, protocol or header. */
const maxKept = 1024;

/** The last values made, by key: equal ones of different routes are one object, unless too many others came between. */
export class Kept<V> {
  private readonly values = new Map<string, V>();

  get(key: string, make: () => V): V {
    let value = this.values.get(key);
    if (value !== undefined) return value;
    value = make();
    if (this.values.size >= maxKept) this.values.clear();
    this.values.set(key, value);
    return value;
  }
}
