import { atLeastOneOf, record, string } from "../schema/index.ts";
import { created, id, labels, updated } from "./columns.ts";
import type { Entity } from "./entity.ts";

export const consumers: Entity = {
  name: "consumers",
  primaryKey: "id",
  endpointKey: "username",
  queryKey: "custom_id",
  workspaceable: true,
  adminName: "consumers",
  record: record(
    {
      id,
      created_at: created,
      updated_at: updated,
      username: string({ unique: true, doc: "Name of the consumer." }),
      custom_id: string({ unique: true, doc: "The consumer's id in another system." }),
      tags: labels,
    },
    { checks: [atLeastOneOf("custom_id", "username")] },
  ),
};
