/** Timers, usable alone: what wakes them, randomness and locks are handed in. */
export { type JobOptions, Schedule, type ScheduleOptions } from "./schedule.ts";
export { addStatistics, type JobStatistics, type TimerStatistics } from "./statistics.ts";
