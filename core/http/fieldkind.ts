/** Tells which of a few known fields a name is; undefined for any other. */
export type FieldKind<K> = (name: string) => K | undefined;

/**
 * Compiles a table of lower-case names. By length first: most names of a message are passed over without being
 * lower-cased.
 */
export const fieldKinds = <K>(table: Readonly<Record<string, K>>): FieldKind<K> => {
  const byLength: ([name: string, kind: K][] | undefined)[] = [];
  for (const entry of Object.entries(table)) (byLength[entry[0].length] ??= []).push(entry);
  return (name) => {
    const candidates = byLength[name.length];
    if (candidates === undefined) return undefined;
    const lower = name.toLowerCase();
    for (const [known, kind] of candidates) if (known === lower) return kind;
    return undefined;
  };
};
