import { Miniflare } from "miniflare";

/** A Worker as it is deployed, on a free port of 127.0.0.1. */
export interface LocalWorker {
  readonly name: string;
  readonly modules: Record<string, { readonly type: string; readonly contents: string }>;
  /** Bindings. */
  readonly env?: object;
  /** Classes of Durable Objects. */
  readonly exports?: object;
  readonly flags?: readonly string[];
}

/** Makes a class one of Durable Objects with SQLite. */
export const store = { type: "durable-object", storage: "sqlite" } as const;

/** Starts Workers in one process of the real runtime. @param options Of Miniflare, for all of them. */
export const startWorkers = async (
  workers: readonly LocalWorker[],
  options: object = {},
): Promise<Miniflare> => {
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    ...options,
    workers: workers.map(({ name, modules, env = {}, exports = {}, flags = [] }) => ({
      // The entry port of all Workers together costs four times as much.
      dev: { unsafeDirectSockets: [{ port: 0, host: "127.0.0.1" }] },
      config: {
        name,
        compatibilityDate: "2026-11-01",
        compatibilityFlags: flags,
        manifest: { mainModule: "index.js", modules },
        env,
        exports,
      },
    })),
  } as unknown as ConstructorParameters<typeof Miniflare>[0]);
  await miniflare.ready;
  return miniflare;
};
