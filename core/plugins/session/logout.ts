import { type Exchange, parseForm, type Ready, whenReady } from "../../pdk/index.ts";
import type { Config } from "./schema.ts";

/** Whether a request ends its session. */
export const isLogout = ({ request }: Exchange, config: Config): Ready<boolean> => {
  const { method } = request;
  if (!(config.logout_methods ?? []).some((allowed) => allowed === method)) return false;
  const { logout_query_arg: argument, logout_post_arg: field } = config;
  if (argument !== null && request.queryArguments.has(argument)) return true;
  if (!config.read_body_for_logout || field === null || method === "GET") return false;
  return whenReady(
    request.readBody(),
    (bytes) => parseForm(bytes, request.headers.get("content-type"))?.get(field) !== undefined,
  );
};
