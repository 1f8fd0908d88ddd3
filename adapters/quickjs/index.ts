export type { SandboxLimits } from "./interpreter.ts";
export { Sandbox } from "./sandbox.ts";
