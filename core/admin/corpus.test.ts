import { adminInMemory } from "../../test/support/admin.ts";
import { describeAdminCorpus } from "../../test/support/replay.ts";

describeAdminCorpus("in memory", () => {
  const { fetch, clock } = adminInMemory();
  return { fetch, pass: () => clock.advance(1) };
});
