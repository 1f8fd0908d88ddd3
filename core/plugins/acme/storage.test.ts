import { MemoryClock, MemorySharedDict } from "../../../adapters/memory/index.ts";
import { describeKeyValue } from "../../../test/contracts/keyvalue.ts";
import { gatewayOn } from "../../../testing/index.ts";
import { DictStorage, RowStorage } from "./storage.ts";

describeKeyValue("shared memory", async () => {
  const clock = new MemoryClock();
  return {
    storage: new DictStorage(new MemorySharedDict(clock)),
    advance: (ms) => clock.advance(ms),
    close: async () => undefined,
  };
});

describeKeyValue("rows of acme_storage", async () => {
  const { records, clock } = gatewayOn({});
  return {
    storage: new RowStorage(records),
    advance: (ms) => clock.advance(ms),
    close: async () => undefined,
  };
});
