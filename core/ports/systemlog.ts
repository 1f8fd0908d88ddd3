/** The log of the system that the gateway runs on. */
export interface SystemLog {
  /**
   * Hands one message over, without waiting: what can't be taken soon is lost, and counted.
   *
   * @param facility Of RFC 5424, 0 to 23.
   * @param severity Of RFC 5424, 0 (the most important) to 7.
   * @param message One line. It may be cut where the system does not take more.
   */
  write(facility: number, severity: number, message: string): void;
}
