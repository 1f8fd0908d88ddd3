import { env } from "cloudflare:workers";
import { describeAdminCorpus } from "../../test/support/replay.ts";
import type { ControlEnv } from "./env.ts";

let count = 0;

describeAdminCorpus("of the control plane", () => {
  const object = (env as unknown as ControlEnv).CONTROL.getByName(`replayed ${++count}`);
  return { fetch: (request) => object.fetch(request) };
});
