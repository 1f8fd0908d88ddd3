import { tags, timestamp, timestampMs, uuidAuto } from "../schema/index.ts";

/** The fields that nearly every entity begins with. */
export const id = uuidAuto({ doc: "The row's UUID; made when absent." });
export const created = timestamp({ doc: "When the row was made, in seconds since 1970." });
export const updated = timestamp({ doc: "When the row was last changed, in seconds since 1970." });
export const createdMs = timestampMs({
  doc: "When the row was made, in seconds since 1970 with milliseconds.",
});
export const updatedMs = timestampMs({
  doc: "When the row was last changed, in seconds since 1970 with milliseconds.",
});
export const labels = tags({ doc: "Labels to find rows by." });
