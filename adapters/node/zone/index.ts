export { ZoneDict } from "./dict.ts";
export { createZone } from "./layout.ts";
export { ZoneLock } from "./lock.ts";
export { type BusMemory, createBus, ZoneBus } from "./bus.ts";
