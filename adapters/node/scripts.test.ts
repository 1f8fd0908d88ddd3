import { describeScripts } from "../../test/contracts/scripts.ts";
import { openScripts } from "./scripts.ts";

describeScripts("the process", async () => openScripts);
