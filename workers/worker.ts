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
    // Not async: a promise around a promise costs three turns of the microtask queue.
    fetch(request, env, context): Response | Promise<Response> {
      const { ADMIN_PATH: prefix } = env;
      if (
        prefix !== undefined &&
        env.ADMIN !== undefined &&
        new URL(request.url).pathname.startsWith(`${prefix}/`)
      )
        return env.ADMIN.fetch(new Request(request.url.replace(prefix, ""), request));
      isolate ??= new Isolate(env, bundled);
      const gateway = isolate.ready(context);
      return gateway instanceof Promise
        ? gateway.then((ready) => serve(ready, request, cloudflareServe, context))
        : serve(gateway, request, cloudflareServe, context);
    },
    async scheduled({ scheduledTime }, env): Promise<void> {
      isolate ??= new Isolate(env, bundled);
      await isolate.scheduled(scheduledTime);
    },
  };
};
