export { ProtoFiles } from "./files.ts";
