import type { Config, Told } from "./schema.ts";
import { remaining, type Session, type Share, type Times } from "./ticket.ts";

const names: Readonly<Record<Told, string>> = {
  id: "Session-Id",
  audience: "Session-Audience",
  subject: "Session-Subject",
  timeout: "Session-Timeout",
  "idling-timeout": "Session-Idling-Timeout",
  "rolling-timeout": "Session-Rolling-Timeout",
  "absolute-timeout": "Session-Absolute-Timeout",
};

/** What is told of a session, by field. */
export const sessionFields = (
  facts: Config["request_headers"],
  session: Session,
  share: Share,
  times: Times,
  now: number,
): [string, string][] => {
  const left = remaining(times, session, now);
  const all = Object.values(left);
  const values: Record<Told, string | number | undefined> = {
    id: session.id,
    audience: share.audience,
    subject: share.subject,
    timeout: all.length === 0 ? undefined : Math.min(...all),
    "idling-timeout": left.idling,
    "rolling-timeout": left.rolling,
    "absolute-timeout": left.absolute,
  };
  return (facts ?? []).flatMap((fact): [string, string][] => {
    const value = values[fact];
    return value === undefined ? [] : [[names[fact], String(value)]];
  });
};
