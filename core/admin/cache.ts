import type { Mlcache } from "../mlcache/index.ts";
import { type AdminApp, json } from "./app.ts";

/** The cache that the workers of a node share. */
export type CacheControl = Pick<Mlcache<unknown>, "peek" | "delete" | "purge">;

/** `/cache`: looks at what is cached and forgets it, on every worker. */
export const cacheResources = (app: AdminApp, cache: CacheControl | undefined): void => {
  const nothing = (): Response => json({ message: "" }, 204);
  app
    .resource("/cache", {
      async DELETE() {
        await cache?.purge();
        return nothing();
      },
    })
    .resource("/cache/:key", {
      async GET(context) {
        const found = await cache?.peek(context.req.param("key") ?? "");
        if (found === undefined || found.remainingMs <= 0) return json({ message: "Not found" }, 404);
        const { value } = found;
        return json(typeof value === "object" && value !== null ? value : { message: value ?? null }, 200);
      },
      async DELETE(context) {
        await cache?.delete(context.req.param("key") ?? "");
        return nothing();
      },
    });
};
