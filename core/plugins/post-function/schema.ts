import { functionsDeclaration } from "../../pdk/index.ts";

export const schema = functionsDeclaration("post-function", -1000);
