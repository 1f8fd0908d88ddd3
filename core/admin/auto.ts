import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { randomSecret } from "../http/secret.ts";
import type { AutoSource } from "../schema/index.ts";
import { uuidV4Maker } from "../uuid/index.ts";

/** Fills what rows get by themselves: times, ids, secrets. */
export const autoSource = (clock: Clock, random: Random): AutoSource => ({
  nowMs: () => clock.nowMs(),
  uuid: uuidV4Maker(random),
  secret: () => randomSecret(random),
});
