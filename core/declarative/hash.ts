import { canonical } from "../schema/canonical.ts";
import type { Values } from "../schema/index.ts";
import { md5 } from "../uuid/md5.ts";

/** The hash of a configuration without any row. */
export const emptyHash = "0".repeat(32);

/** The hash of a document that came as an object. Unlike Kong's it does not change from load to load. */
export const hashDocument = (document: Values): string => md5(canonical(document));
