import { functionsDeclaration } from "../../pdk/index.ts";

export const schema = functionsDeclaration("pre-function", 1_000_000);
