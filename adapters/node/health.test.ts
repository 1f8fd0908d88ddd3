import { describeDialer } from "../../test/contracts/dialer.ts";
import { describeHealthBoard } from "../../test/contracts/healthboard.ts";
import { MemorySharedDict } from "../memory/index.ts";
import { webClock } from "../web/index.ts";
import { createZone, nodeDialer, ZoneDict } from "./index.ts";

describeDialer("Node", nodeDialer);
describeHealthBoard("shared memory", () => new ZoneDict(createZone(64 * 1024), webClock, 1));
describeHealthBoard("memory", () => new MemorySharedDict(webClock));
