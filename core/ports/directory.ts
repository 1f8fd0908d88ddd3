/** Any stored entity, in Kong's names. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * Entities that are too many to compile into the configuration: consumers, credentials.
 *
 * An answer that is at hand comes at once, otherwise as a promise: continue with `whenReady`.
 */
export interface Directory {
  /** @param field A unique field of the entity, or `id`. Expired rows are not found. */
  find(entity: string, field: string, value: string): Row | undefined | Promise<Row | undefined>;
  /**
   * Every row with that value, in the order of their creation as far as the store knows it; expired ones left out.
   *
   * @param field An indexed field: a text, or a reference (`consumer`), then the value is the id referred to.
   */
  list(entity: string, field: string, value: string): readonly Row[] | Promise<readonly Row[]>;
}
