import { created, id } from "../../entities/index.ts";
import type { Entity } from "../../entities/index.ts";
import { integer, record, string } from "../../schema/index.ts";

/** The content of sessions whose cookies hold no more than a name. */
export const sessions: Entity = {
  name: "sessions",
  primaryKey: "id",
  endpointKey: "session_id",
  cacheKey: ["session_id"],
  ttl: true,
  transient: true,
  workspaceable: false,
  adminName: "sessions",
  record: record({
    id,
    session_id: string({ required: true, unique: true, doc: "What the cookie names." }),
    expires: integer({ doc: "When it ends, in seconds since 1970." }),
    data: string({ doc: "The content, encrypted." }),
    created_at: created,
  }),
};
