import { afterEach } from "vitest";
import type { Setting } from "../../adapters/node/http2/frame.ts";
import { FrameClient } from "./http2client.ts";
import { Rig, type Script, always, ok } from "./rig.ts";

/** The rig of a test that speaks HTTP/2; stopped after it. */
let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

/** Starts a listener that takes HTTP/2 by prior knowledge. */
export const start = async (script: Script = always(ok()), more = {}): Promise<Rig> =>
  (rig = await Rig.start(script, { where: { http2: true }, ...more }));

/** The one that was started. */
export const started = (): Rig => rig!;

/** A client that speaks in frames. */
export const connect = async (
  script?: Script,
  more = {},
  ...settings: readonly Setting[]
): Promise<FrameClient> => new FrameClient((await start(script, more)).client(), ...settings);

/** An upstream that answers with so many bytes. */
export const download = (bytes: number): Script => always(ok("d".repeat(bytes)));
