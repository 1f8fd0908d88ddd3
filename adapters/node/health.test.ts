import { describeDialer } from "../../test/contracts/dialer.ts";
import { describeHealthBoard } from "../../test/contracts/healthboard.ts";
import { healthBoard } from "../../core/index.ts";
import { MemorySharedDict } from "../memory/index.ts";
import { webClock } from "../web/index.ts";
import { createZone, nodeDialer, ZoneDict } from "./index.ts";

describeDialer("Node", nodeDialer);
describeHealthBoard("shared memory", () => healthBoard(new ZoneDict(createZone(1024 * 1024), webClock, 1)));
describeHealthBoard("memory", () => healthBoard(new MemorySharedDict(webClock)));
