/** Appends lines to files of the node. */
export interface LineFiles {
  /**
   * Writes before it returns, so that no line is lost with the process.
   *
   * @param line Without its line break.
   * @param isReopened Open the file anew: somebody may have moved it away.
   * @throws Error when the file can't be written.
   */
  append(path: string, line: string, isReopened: boolean): void;
}
