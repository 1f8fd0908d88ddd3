import { serve } from "../adapters/web/index.ts";
import quickstart from "../examples/quickstart.yml";
import type { Env } from "./env.ts";
import { cloudflareServe } from "./platform.ts";
import { Isolate } from "./isolate.ts";

let isolate: Isolate | undefined;

/** The gateway as a Worker. */
export default {
  async fetch(request, env, context): Promise<Response> {
    isolate ??= new Isolate(env, env.BUNDLED === "quickstart" ? quickstart : undefined);
    const gateway = isolate.ready(context);
    return serve(gateway instanceof Promise ? await gateway : gateway, request, cloudflareServe, context);
  },
} satisfies ExportedHandler<Env>;
