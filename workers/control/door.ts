import { IttyRouter } from "itty-router/IttyRouter";
import { isBearer, unauthorized } from "../../core/index.ts";
import type { ControlEnv } from "./env.ts";

/** What stands before the paths of the Status API. */
export const statusPath = "/status-api";

const refuse = (message: string, status: number): Response => Response.json({ message }, { status });

/** Lets in who shows the token, at the host that was chosen; nobody where no token was set. */
const guard = (request: Request, { ADMIN_HOST: host, ADMIN_TOKEN: token = "" }: ControlEnv) => {
  if (host !== undefined && new URL(request.url).hostname !== host) return refuse("Not found", 404);
  if (token === "") return refuse("the secret ADMIN_TOKEN is not set", 503);
  return isBearer(request, token) ? undefined : unauthorized();
};

/** The way from the Worker to its one object. */
export const door = IttyRouter().all("*", guard, (request: Request, { CONTROL }: ControlEnv) =>
  CONTROL.getByName("control").fetch(request),
);
