/** What the system gives to the gateway's process. */
export interface Environment {
  /** A variable of the environment; undefined when it is not set. */
  variable(name: string): string | undefined;
  /**
   * The text of a file, as it is now.
   *
   * @throws Error when it can't be read.
   */
  readText(path: string): Promise<string>;
}
