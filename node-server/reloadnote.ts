import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Conf } from "./conf/load.ts";

/** What a command asks a running node to change to. It lies in the prefix, for the owner only, until it is read. */
export interface ReloadNote {
  readonly id: string;
  readonly conf: Conf;
}

/** What became of it. */
export interface ReloadAnswer {
  readonly id: string;
  /** Empty when the node serves it. */
  readonly problems: readonly string[];
}

const noteOf = (prefix: string): string => path.join(prefix, "pids", "reload.json");
const answerOf = (prefix: string): string => path.join(prefix, "pids", "reloaded.json");

const write = (file: string, value: unknown): void => {
  // Renamed when it is whole: nobody reads half of it.
  writeFileSync(`${file}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

const take = (file: string): unknown => {
  try {
    const value = JSON.parse(readFileSync(file, "utf8")) as unknown;
    rmSync(file, { force: true });
    return value;
  } catch {
    return undefined;
  }
};

export const leaveNote = (prefix: string, note: ReloadNote): void => write(noteOf(prefix), note);
/** Reads the note and removes it; undefined when there is none. */
export const takeNote = (prefix: string): ReloadNote | undefined =>
  take(noteOf(prefix)) as ReloadNote | undefined;
export const leaveAnswer = (prefix: string, answer: ReloadAnswer): void => write(answerOf(prefix), answer);
/** Reads the answer and removes it; undefined when there is none. */
export const takeAnswer = (prefix: string): ReloadAnswer | undefined =>
  take(answerOf(prefix)) as ReloadAnswer | undefined;

/** Removes what nobody took. */
export const clearNotes = (prefix: string): void => {
  for (const file of [noteOf(prefix), answerOf(prefix)])
    for (const name of [file, `${file}.new`]) rmSync(name, { force: true });
};
