import { foreign } from "../schema/index.ts";

/** The consumer that a credential belongs to; credentials go with it. */
export const owner = foreign("consumers", {
  required: true,
  on_delete: "cascade",
  doc: "The consumer that the credential belongs to.",
});
