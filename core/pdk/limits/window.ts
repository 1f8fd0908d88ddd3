/** From the shortest to the longest. */
export const periods = ["second", "minute", "hour", "day", "month", "year"] as const;
export type Period = (typeof periods)[number];

/** Seconds of a period as clients are told; months and years count 30 and 365 days as Kong's do. */
export const lengthSeconds: Readonly<Record<Period, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  month: 2_592_000,
  year: 31_536_000,
};

const calendar = (period: Period, nowMs: number): [startMs: number, endMs: number] => {
  const date = new Date(nowMs);
  const year = date.getUTCFullYear();
  if (period === "year") return [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
  if (period === "month") {
    const month = date.getUTCMonth();
    return [Date.UTC(year, month), Date.UTC(year, month + 1)];
  }
  const lengthMs = lengthSeconds[period] * 1000;
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  return [startMs, startMs + lengthMs];
};

/** The window of a period that the time is in: aligned to the calendar in UTC, kept until it is over. */
export class Window {
  readonly period: Period;
  startMs = 0;
  endMs = 0;

  constructor(period: Period) {
    this.period = period;
  }

  /** @returns Whether it is another one than before. */
  move(nowMs: number): boolean {
    if (nowMs >= this.startMs && nowMs < this.endMs) return false;
    [this.startMs, this.endMs] = calendar(this.period, nowMs);
    return true;
  }
}
