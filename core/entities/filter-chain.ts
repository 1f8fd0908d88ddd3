import {
  array,
  atLeastOneOf,
  boolean,
  customCheck,
  foreign,
  json,
  mutuallyExclusive,
  name,
  record,
  string,
} from "../schema/index.ts";
import { created, id, labels, updated } from "./columns.ts";
import type { Entity } from "./entity.ts";

/** Kong's WebAssembly filters. None are installed: a chain that names one is refused. */
export const filterChains: Entity = {
  name: "filter_chains",
  primaryKey: "id",
  endpointKey: "name",
  cacheKey: ["route", "service"],
  workspaceable: true,
  record: record(
    {
      id,
      name: name({ unique: true, doc: "Name of the chain." }),
      enabled: boolean({ required: true, default: true, doc: "Whether the chain acts." }),
      route: foreign("routes", {
        default: null,
        on_delete: "cascade",
        unique: true,
        doc: "The route whose requests the chain handles.",
      }),
      service: foreign("services", {
        default: null,
        on_delete: "cascade",
        unique: true,
        doc: "The service whose requests the chain handles.",
      }),
      filters: array(
        record({
          name: string({ required: true, one_of: [], err: "no such filter", doc: "Name of the filter." }),
          enabled: boolean({ required: true, default: true, doc: "Whether the filter acts." }),
          config: json({
            required: false,
            json_schema: {
              parent_subschema_key: "name",
              namespace: "proxy-wasm-filters",
              optional: true,
              default: { $schema: "http://json-schema.org/draft-04/schema#", type: ["string", "null"] },
            },
            doc: "The filter's own options.",
          }),
        }),
        { required: true, len_min: 1, doc: "The filters, in the order in which they act." },
      ),
      created_at: created,
      updated_at: updated,
      tags: labels,
    },
    {
      checks: [
        mutuallyExclusive("service", "route"),
        atLeastOneOf("service", "route"),
        customCheck({ field_sources: ["filters"], run_with_invalid_fields: true, check: () => undefined }),
      ],
    },
  ),
};
