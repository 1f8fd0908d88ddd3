import { foreign, integer, record, string } from "../schema/index.ts";
import { expandV6 } from "../schema/address.ts";
import { hostProblem, splitHostPort } from "../schema/host.ts";
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

/** The port of a target that names none. */
const defaultPort = 8000;

/**
 * A target as it is kept when it comes through the Admin API: with its port, IPv6 in full and in brackets. Two spellings
 * of one address are one target.
 *
 * @returns Undefined for what is no target.
 */
export function normalTarget(target: string): string | undefined {
  if (target === "" || hostProblem(target, false) !== undefined) return undefined;
  const { host, port = defaultPort } = splitHostPort(target)!;
  const full = expandV6(host.replace(/^\[(.+)\]$/, "$1"));
  return `${full === undefined ? host : `[${full}]`}:${port}`;
}
