import { foreign, integer, record, string } from "../schema/index.ts";
import { hostProblem } from "../schema/host.ts";
import { createdMs, id, labels, updatedMs } from "./columns.ts";
import type { Entity } from "./entity.ts";

export const targets: Entity = {
  name: "targets",
  primaryKey: "id",
  endpointKey: "target",
  cacheKey: ["upstream", "target"],
  workspaceable: true,
  record: record({
    id,
    created_at: createdMs,
    updated_at: updatedMs,
    upstream: foreign("upstreams", {
      required: true,
      on_delete: "cascade",
      doc: "The upstream that the target serves.",
    }),
    target: string({
      required: true,
      check: (value) =>
        hostProblem(value, false) === undefined
          ? undefined
          : `Invalid target ('${value}'); not a valid hostname or ip address`,
      doc: "Name or address, and port.",
    }),
    weight: integer({
      default: 100,
      between: [0, 65_535],
      doc: "The target's share of the requests, in relation to the others.",
    }),
    tags: labels,
  }),
};
