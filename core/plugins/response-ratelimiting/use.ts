/** What an upstream says that a request used, by the name of the limit: `video=2, sms=1`. */
export const useOf = (fields: readonly string[]): ReadonlyMap<string, number> => {
  const used = new Map<string, number>();
  for (const part of fields.join(",").split(",")) {
    const [name = "", amount, more] = part.split("=");
    if (amount === undefined || more !== undefined) continue;
    const by = Number(amount.trim() === "" ? Number.NaN : amount);
    if (!Number.isNaN(by)) used.set(name.trim(), by);
  }
  return used;
};
