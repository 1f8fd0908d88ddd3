import { toBase64Url } from "../../http/base64.ts";
import { type Exchange, type PluginHost, recordsOf } from "../../pdk/index.ts";
import type { Cookie } from "./cookie.ts";
import type { Seal } from "./seal.ts";

/** What an audience keeps in a session. */
export interface Share {
  readonly audience: string;
  readonly subject: string;
  readonly consumerId: string;
  readonly credentialId: string;
  readonly groups: readonly string[] | undefined;
}

/** A session; moments in seconds since 1970. */
export interface Session {
  readonly id: string;
  readonly createdAt: number;
  /** When it got its id. */
  readonly rolledAt: number;
  /** When it was last used. */
  readonly usedAt: number;
  readonly shares: readonly Share[];
}

/** In seconds; 0 for never. */
export interface Times {
  readonly idling: number;
  readonly rolling: number;
  readonly absolute: number;
}

export interface TicketOptions {
  readonly host: PluginHost;
  readonly seal: Seal;
  readonly cookie: Cookie;
  readonly times: Times;
  /** The content is in the database, the cookie names it. */
  readonly isKept: boolean;
  /** Seconds that a session's old id is good for. */
  readonly staleTtl: number;
  /** The cookie outlives the browser. */
  readonly isPersistent: boolean;
}

/** Seconds until each time is over; those that never are left out. */
export const remaining = (times: Times, session: Session, now: number): Partial<Times> => ({
  ...(times.idling > 0 && { idling: times.idling - (now - session.usedAt) }),
  ...(times.rolling > 0 && { rolling: times.rolling - (now - session.rolledAt) }),
  ...(times.absolute > 0 && { absolute: times.absolute - (now - session.createdAt) }),
});

const defaultRollingSeconds = 3600;

/** A cookie that brings a session back. */
export class Ticket {
  readonly times: Times;
  private readonly options: TicketOptions;

  constructor(options: TicketOptions) {
    this.options = options;
    this.times = options.times;
  }

  get now(): number {
    return Math.floor(this.options.host.clock.nowMs() / 1000);
  }

  /** A session that begins now. */
  begin(shares: readonly Share[]): Session {
    const bytes = new Uint8Array(32);
    this.options.host.random.fill(bytes);
    const { now } = this;
    return { id: toBase64Url(bytes), createdAt: now, rolledAt: now, usedAt: now, shares };
  }

  /** The session of a request; undefined without one, or when its time is over. */
  async open(exchange: Exchange): Promise<Session | undefined> {
    const { cookie, seal, isKept } = this.options;
    const text = cookie.read(exchange);
    if (text === undefined) return undefined;
    const purpose = `${isKept ? "name" : "session"} ${cookie.name}`;
    const opened = (await seal.open(text, purpose)) as Session | undefined;
    if (opened === undefined) return undefined;
    const left = Object.values(remaining(this.times, opened, this.now));
    if (left.some((seconds) => seconds < 0)) return undefined;
    if (!isKept) return opened;
    const shares = await this.load(opened.id);
    return shares && { ...opened, shares };
  }

  private async load(id: string): Promise<readonly Share[] | undefined> {
    const { host, seal } = this.options;
    const row = await recordsOf(host).find("sessions", "session_id", id);
    if (typeof row?.["data"] !== "string") return undefined;
    return (await seal.open(row["data"], id)) as readonly Share[] | undefined;
  }

  /** Fields that give the client a session as it is. */
  async show(exchange: Exchange, session: Session): Promise<string[]> {
    const { host, cookie, seal, isKept, isPersistent } = this.options;
    const { shares: _shares, ...name } = session;
    const text = isKept
      ? await seal.close(name, `name ${cookie.name}`)
      : await seal.close(session, `session ${cookie.name}`);
    const { rolling, absolute } = remaining(this.times, session, this.now);
    const ends = [rolling, absolute].filter((seconds) => seconds !== undefined);
    const nowMs = host.clock.nowMs();
    const untilMs =
      isPersistent && ends.length > 0 ? (this.now + Math.max(0, Math.min(...ends))) * 1000 : undefined;
    return cookie.write(exchange, text, nowMs, untilMs);
  }

  /** Keeps a session, in the place of another. @returns Fields that give it to the client. */
  async save(exchange: Exchange, session: Session, before: Session | undefined): Promise<string[]> {
    const { host, seal, isKept, staleTtl } = this.options;
    if (isKept) {
      const records = recordsOf(host);
      const ttl = Math.ceil(this.times.rolling > 0 ? this.times.rolling : defaultRollingSeconds);
      await records.insert("sessions", {
        session_id: session.id,
        data: await seal.close(session.shares, session.id),
        expires: this.now + ttl,
        ttl,
      });
      if (before !== undefined) await this.end(before, Math.ceil(staleTtl));
    }
    return this.show(exchange, session);
  }

  /** The same session under another id. */
  renew(exchange: Exchange, session: Session): Promise<string[]> {
    const { id, rolledAt, usedAt } = this.begin([]);
    return this.save(exchange, { ...session, id, rolledAt, usedAt }, session);
  }

  /** Ends a session. @returns Fields that take it from the client. */
  async destroy(exchange: Exchange, session: Session | undefined): Promise<string[]> {
    if (session !== undefined && this.options.isKept) await this.end(session, 0);
    return this.options.cookie.clear(exchange);
  }

  /** @param ttl Seconds that it goes on; 0 or less for none. */
  private async end({ id }: Session, ttl: number): Promise<void> {
    const records = recordsOf(this.options.host);
    const row = await records.find("sessions", "session_id", id);
    if (row === undefined) return;
    if (ttl <= 0) await records.remove("sessions", row.id);
    // Who uses an old id does not make it live longer.
    else if (Number(row["expires"]) > this.now + ttl)
      await records.update("sessions", row.id, { expires: this.now + ttl, ttl });
  }
}
