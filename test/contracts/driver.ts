import { expect, test } from "vitest";
import { DatabaseLocked, type SqlDriver } from "../../adapters/sql/index.ts";

/**
 * What a writer may expect of another one.
 *
 * @param open Each call gives another connection to the same database.
 */
export const describeWriters = (name: string, open: () => Promise<SqlDriver>): void => {
  /** Holds the database until the returned function is called. */
  const occupied = async (driver: SqlDriver): Promise<() => Promise<void>> => {
    let end: () => void = () => undefined;
    const ending = new Promise<void>((resolve) => (end = resolve));
    let over: Promise<void> | undefined;
    await new Promise<void>((resolve) => {
      over = driver.transaction(async () => {
        resolve();
        await ending;
      });
    });
    return async () => {
      end();
      await over;
    };
  };

  test(`${name}: a writer gives up when another one does not end in time`, async () => {
    const [first, second] = [await open(), await open()];
    const release = await occupied(first);
    await expect(second.transaction(async () => 1, 20)).rejects.toBeInstanceOf(DatabaseLocked);
    await release();
    expect(await second.transaction(async () => 1, 20)).toBe(1);
    await Promise.all([first.close(), second.close()]);
  });

  test(`${name}: a writer goes on when the other one ended`, async () => {
    const [first, second] = [await open(), await open()];
    const release = await occupied(first);
    const waiting = second.transaction(async () => "written", 20_000);
    await release();
    expect(await waiting).toBe("written");
    await Promise.all([first.close(), second.close()]);
  });
};
