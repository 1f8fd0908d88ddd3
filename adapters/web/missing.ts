import type { Missing } from "../../core/index.ts";

/** What plugins can't have where there is nothing but web standards, as at the edge. */
export const webMissing: Missing = {
  database: "counters of a cluster are in a database, which Workers don't have",
  redis: "Workers keep no connection to Redis between requests",
  files: "Workers have no files",
  sockets: "it keeps a socket open, which Workers don't do between requests",
  datagrams: "Workers send no UDP",
  javascript: "Workers can't run code that comes as text",
};
