import { map, number, record, set, string, timestamp, uuidAuto } from "../schema/index.ts";
import { created, id, updated } from "./columns.ts";
import type { Entity } from "./entity.ts";

/** The id of the one workspace that always exists. */
export const defaultWorkspaceId = "0dc6f45b-8f8d-40d2-a504-473544ee190b";

export const workspacesOf = (entityNames: readonly string[]): Entity => ({
  name: "workspaces",
  primaryKey: "id",
  endpointKey: "name",
  cacheKey: ["name"],
  workspaceable: false,
  record: record({
    id,
    name: string({ required: true, unique: true, not_one_of: entityNames, doc: "Name of the workspace." }),
    comment: string({ doc: "What the workspace is for." }),
    created_at: created,
    updated_at: updated,
    meta: record({}, { required: true, doc: "Facts for user interfaces." }),
    config: record({}, { required: true, doc: "Options of the workspace." }),
  }),
});

export const parameters: Entity = {
  name: "parameters",
  primaryKey: "key",
  endpointKey: "key",
  workspaceable: false,
  transient: true,
  record: record({
    created_at: created,
    key: string({ required: true, unique: true, doc: "Name of the parameter." }),
    value: string({ required: true, doc: "Value of the parameter." }),
  }),
};

const status = [
  "unknown",
  "normal",
  "kong_version_incompatible",
  "plugin_set_incompatible",
  "plugin_version_incompatible",
  "filter_set_incompatible",
] as const;

export const dataPlanes: Entity = {
  name: "clustering_data_planes",
  primaryKey: "id",
  workspaceable: false,
  transient: true,
  record: record({
    id: uuidAuto({ required: true, doc: "Id of the node." }),
    last_seen: timestamp({ doc: "When the node was last heard, in seconds since 1970." }),
    updated_at: updated,
    ip: string({ required: true, doc: "Address of the node." }),
    config_hash: string({ len_eq: 32, doc: "Hash of the configuration that the node serves." }),
    hostname: string({ required: true, doc: "Host name of the node." }),
    version: string({
      match_any: {
        patterns: ["^%d+[%.%d]*$", "^%d+[%.%d]*%-?.*$"],
        err: "invalid version number: must be in format of X.Y.Z",
      },
      match_none: [{ pattern: "%.%.", err: "must not have empty version segments" }],
      doc: "Version of the node.",
    }),
    sync_status: string({
      required: true,
      default: "unknown",
      one_of: status,
      doc: "Whether the node can follow.",
    }),
    labels: map(string(), string(), { doc: "Labels of the node." }),
    cert_details: record(
      {
        expiry_timestamp: number({
          required: false,
          timestamp: true,
          doc: "When the node's certificate expires, in seconds since 1970.",
        }),
      },
      { required: true, doc: "The node's certificate." },
    ),
    rpc_capabilities: set(string(), { doc: "Calls that the node understands." }),
  }),
};

/** What the lists of tags are made of. There are no such rows: tags stand in the rows that carry them. */
export const tags: Entity = {
  name: "tags",
  primaryKey: "tag",
  workspaceable: true,
  virtual: true,
  record: record({
    tag: string({ required: true, doc: "The tag." }),
    entity_name: string({ required: true, doc: "The entity of the row that carries it." }),
    entity_id: uuidAuto({ required: true, doc: "The id of the row that carries it." }),
  }),
};
