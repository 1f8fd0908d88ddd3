import type { AdminAnswer, AdminHost, AdminRequest, AdminRoutes } from "../../pdk/index.ts";
import { ResponseCache } from "./cache.ts";

const notFound: AdminAnswer = { status: 404, body: { message: "Not found" } };

const told = async ({ params }: AdminRequest, { responses }: AdminHost): Promise<AdminAnswer> => {
  const found = responses && (await new ResponseCache(responses).read(params["cache_key"]!));
  if (found === undefined) return notFound;
  if ("vary" in found) return { status: 200, body: { vary: found.vary } };
  const { status, headers, body, bornAtMs, freshSeconds } = found;
  return {
    status: 200,
    body: {
      status,
      headers: Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value])),
      body: new TextDecoder().decode(body),
      body_len: body.byteLength,
      timestamp: Math.floor(bornAtMs / 1000),
      ttl: freshSeconds,
      version: 1,
    },
  };
};

const forget = async (request: AdminRequest, host: AdminHost): Promise<AdminAnswer> => {
  const { responses } = host;
  const key = request.params["cache_key"]!;
  const cache = responses && new ResponseCache(responses);
  if (cache === undefined || (await cache.read(key)) === undefined) return notFound;
  await cache.forget(key);
  return { status: 204 };
};

const ofPlugin =
  (answer: (request: AdminRequest, host: AdminHost) => Promise<AdminAnswer>) =>
  async (request: AdminRequest, host: AdminHost): Promise<AdminAnswer> => {
    const plugin = await host.row("plugins", request.params["plugin_id"]!);
    return plugin?.["name"] === "proxy-cache" ? answer(request, host) : notFound;
  };

/** What operators can see and remove. */
export const adminRoutes: AdminRoutes = {
  "/proxy-cache": {
    async DELETE(_, { responses }) {
      if (responses !== undefined) await new ResponseCache(responses).clear();
      return { status: 204 };
    },
  },
  "/proxy-cache/:cache_key": { GET: told, DELETE: forget },
  "/proxy-cache/:plugin_id/caches/:cache_key": { GET: ofPlugin(told), DELETE: ofPlugin(forget) },
};
