import { serve } from "../adapters/web/index.ts";
import type { Tables } from "../core/index.ts";
import type { Env } from "./env.ts";
import { Isolate } from "./isolate.ts";
import { cloudflareServe } from "./platform.ts";

/**
 * The gateway as a Worker.
 *
 * @param bundled A configuration that serves while nothing was published.
 */
export const createWorker = (bundled?: Tables): ExportedHandler<Env> => {
  let isolate: Isolate | undefined;
  return {
    async fetch(request, env, context): Promise<Response> {
      const { ADMIN_PATH: prefix } = env;
      if (
        prefix !== undefined &&
        env.ADMIN !== undefined &&
        new URL(request.url).pathname.startsWith(`${prefix}/`)
      )
        return env.ADMIN.fetch(new Request(request.url.replace(prefix, ""), request));
      isolate ??= new Isolate(env, bundled);
      const gateway = isolate.ready(context);
      return serve(gateway instanceof Promise ? await gateway : gateway, request, cloudflareServe, context);
    },
    async scheduled({ scheduledTime }, env): Promise<void> {
      isolate ??= new Isolate(env, bundled);
      await isolate.scheduled(scheduledTime);
    },
  };
};
