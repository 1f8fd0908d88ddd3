export { array, boolean, foreign, integer, json, map, number, record, set, string } from "./build.ts";
export type {
  BooleanOptions,
  ForeignOptions,
  ListOptions,
  MapOptions,
  NumberOptions,
  RecordOf,
  RecordOptions,
  StringOptions,
} from "./build.ts";
export {
  atLeastOneOf,
  conditional,
  conditionalAtLeastOneOf,
  customCheck,
  distinct,
  mutuallyExclusive,
  mutuallyRequired,
  onlyOneOf,
} from "./check.ts";
export type { Check, Condition, CustomCheck } from "./check.ts";
export {
  headerName,
  headerNames,
  host,
  httpMethod,
  ip,
  ipOrCidr,
  name,
  path,
  port,
  protocols,
  queue,
  redis,
  redisFields,
  sni,
  tags,
  timeout,
  timestamp,
  timestampMs,
  ttl,
  url,
  uuid,
  uuidAuto,
  wildcardHost,
} from "./typedefs.ts";
export type { Protocol } from "./typedefs.ts";
export type {
  Custom,
  DeleteRule,
  Deprecation,
  Documented,
  Field,
  Fields,
  FieldType,
  Infer,
  RecordField,
  RecordSpec,
  Rules,
  Shorthand,
} from "./field.ts";
export { httpProtocols } from "./plugin.ts";
export type { PluginSchema } from "./plugin.ts";
export { parse } from "./parse.ts";
export { printField, printSchema } from "./print.ts";
export type { Parsed } from "./parse.ts";
export { fillRecord } from "./fill.ts";
export type { AutoSource } from "./fill.ts";
export { recordProblems, valueProblem } from "./validate.ts";
export { mergeChanges } from "./merge.ts";
export { echoOldNames, renamed } from "./renamed.ts";
export { fromForm } from "./form.ts";
export { pretty, violationMessage } from "./message.ts";
export type { ErrorFields, ErrorList, ErrorTree, Values } from "./tree.ts";
