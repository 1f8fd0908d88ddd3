import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** The node's id: made once, kept in the prefix. */
export const nodeId = (prefix: string): string => {
  const file = path.join(prefix, "node.id");
  try {
    const id = readFileSync(file, "utf8").trim();
    if (isUuid(id)) return id;
  } catch {
    // Not there yet.
  }
  const id = randomUUID();
  mkdirSync(prefix, { recursive: true });
  writeFileSync(file, `${id}\n`);
  return id;
};

export const nodeHostname = hostname();
