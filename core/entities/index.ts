export { created, createdMs, id, labels, updated, updatedMs } from "./columns.ts";
export { owner } from "./credential.ts";
export { parseRow } from "./entity.ts";
export type { Entity, ParsedRow, ParseOptions, Row, Variant } from "./entity.ts";
export { structuralChecker } from "./pem.ts";
export type { CertificateChecker, EntityPorts } from "./ports.ts";
export { createEntities } from "./registry.ts";
export type { Entities, Relation } from "./registry.ts";
export { defaultWorkspaceId } from "./workspace.ts";
