export { type Current, type Format, formats, newId, type Parent, resized } from "./context.ts";
export { Propagation, propagationField } from "./propagation.ts";
