import { toByteString } from "../../http/utf8.ts";
import type { ConsumerRow } from "../../entities/rows.ts";
import { definePlugin, type Exchange, type PluginHost, signIn } from "../../pdk/index.ts";
import { Cookie } from "./cookie.ts";
import { sessionFields } from "./headers.ts";
import { isLogout } from "./logout.ts";
import { type Config, schema } from "./schema.ts";
import { Seal } from "./seal.ts";
import { type Session, type Share, Ticket } from "./ticket.ts";

/** What one exchange knows of its session. */
interface Kept {
  /** As the request brought it. */
  readonly before: Session | undefined;
  readonly share: Share | undefined;
  /** What other audiences keep in it. */
  readonly others: readonly Share[];
  /** Fields for the client. */
  readonly lines: string[];
  readonly told: [string, string][];
}

const ticketsOf = (config: Config, host: PluginHost): { session: Ticket; remember: Ticket | undefined } => {
  const secret = new Uint8Array(32);
  // Without a secret every worker has its own, as in Kong.
  host.random.fill(secret);
  const seal = new Seal(host, config.secret === null ? secret : new TextEncoder().encode(config.secret));
  const common = { host, seal, isKept: config.storage === "kong", staleTtl: config.stale_ttl ?? 10 };
  const session = new Ticket({
    ...common,
    cookie: new Cookie(config.cookie_name ?? "session", config),
    times: {
      idling: config.idling_timeout ?? 900,
      rolling: config.rolling_timeout ?? 3600,
      absolute: config.absolute_timeout ?? 86_400,
    },
    isPersistent: false,
  });
  if (config.remember !== true) return { session, remember: undefined };
  const remember = new Ticket({
    ...common,
    // Whoever shows the old one after it was used is not remembered.
    staleTtl: 0,
    cookie: new Cookie(config.remember_cookie_name ?? "remember", config),
    times: {
      idling: 0,
      rolling: config.remember_rolling_timeout ?? 604_800,
      absolute: config.remember_absolute_timeout ?? 2_592_000,
    },
    isPersistent: true,
  });
  return { session, remember };
};

/** Lets clients who signed in by another plugin come back with a cookie. */
export const session = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const mark = Symbol("session");
    const audience = config.audience ?? "default";
    const { session: ticket, remember } = ticketsOf(config, host);
    const keptOf = (exchange: Exchange): Kept | undefined => exchange.shared.get(mark) as Kept | undefined;

    const logOut = async (
      exchange: Exchange,
      found: Session,
      remembered: Session | undefined,
      others: readonly Share[],
    ): Promise<string[]> => {
      if (others.length > 0) return ticket.renew(exchange, { ...found, shares: others });
      const lines = await ticket.destroy(exchange, found);
      return remember === undefined
        ? lines
        : [...lines, ...(await remember.destroy(exchange, remembered ?? (await remember.open(exchange))))];
    };

    /** Another id when the one it has comes to its end, else only a later moment. */
    const refresh = async (
      exchange: Exchange,
      found: Session,
      remembered: Session | undefined,
    ): Promise<string[]> => {
      if (remembered !== undefined)
        return [
          ...(await ticket.save(exchange, found, undefined)),
          ...(await remember!.renew(exchange, remembered)),
        ];
      const { rolling, idling } = ticket.times;
      const leftSeconds = (rolling > 0 ? rolling : 3600) - (ticket.now - found.rolledAt);
      if (leftSeconds > (idling > 0 ? idling : 900))
        return ticket.show(exchange, { ...found, usedAt: ticket.now });
      return ticket.renew(exchange, found);
    };

    const enter = async (exchange: Exchange): Promise<void> => {
      const opened = await ticket.open(exchange);
      const remembered = opened === undefined ? await remember?.open(exchange) : undefined;
      const found = opened ?? (remembered && ticket.begin(remembered.shares));
      if (found === undefined) return;
      const share = found.shares.find((one) => one.audience === audience);
      const others = found.shares.filter((one) => one !== share);
      const keep = (lines: string[], told: [string, string][] = [], isOpen = true): void => {
        const state: Kept = {
          before: isOpen ? found : undefined,
          share: isOpen ? share : undefined,
          others: isOpen ? others : [],
          lines,
          told,
        };
        exchange.shared.set(mark, state);
      };
      if (share === undefined) return keep([]);
      if (await isLogout(exchange, config)) {
        keep(await logOut(exchange, found, remembered, others), [], false);
        exchange.exit(200);
        return;
      }
      const consumer = await host.directory.find("consumers", "id", share.consumerId);
      if (consumer === undefined) {
        keep(await logOut(exchange, found, remembered, others), [], false);
        return;
      }
      const lines = await refresh(exchange, found, remembered);
      const told = (facts: Config["request_headers"]): [string, string][] =>
        sessionFields(facts, { ...found, usedAt: ticket.now }, share, ticket.times, ticket.now);
      keep(lines, told(config.response_headers));
      const { headers } = exchange.request;
      for (const [name, value] of told(config.request_headers)) headers.set(name, value);
      const credential = { id: share.credentialId, consumer_id: consumer.id };
      signIn(exchange, consumer, credential, share.credentialId);
      if (share.groups === undefined) headers.delete("X-Authenticated-Groups");
      else headers.set("X-Authenticated-Groups", toByteString(share.groups.join(", ")));
      exchange.authenticatedGroups = share.groups;
    };

    const tell = (
      { response }: Exchange,
      lines: readonly string[],
      told: readonly [string, string][],
    ): void => {
      for (const line of lines) response.headers.append("Set-Cookie", line);
      for (const [name, value] of told) response.headers.set(name, value);
    };

    const save = async (
      exchange: Exchange,
      consumer: ConsumerRow,
      credentialId: string,
      kept: Kept | undefined,
    ): Promise<void> => {
      const share: Share = {
        audience,
        subject: consumer.username ?? consumer.custom_id ?? consumer.id,
        consumerId: consumer.id,
        credentialId,
        groups: exchange.authenticatedGroups,
      };
      const made = ticket.begin([...(kept?.others ?? []), share]);
      const lines = await ticket.save(exchange, made, kept?.before);
      if (remember !== undefined)
        lines.push(...(await remember.save(exchange, remember.begin(made.shares), undefined)));
      tell(exchange, lines, sessionFields(config.response_headers, made, share, ticket.times, ticket.now));
    };

    return {
      access: (exchange) => (exchange.request.headers.has("cookie") ? enter(exchange) : undefined),
      headerFilter(exchange) {
        const kept = keptOf(exchange);
        const { credential, consumer } = exchange;
        const isSame =
          kept?.share?.credentialId === credential?.id && kept?.share?.consumerId === consumer?.id;
        if (credential === undefined || consumer === undefined || isSame) {
          if (kept !== undefined) tell(exchange, kept.lines, kept.told);
          return undefined;
        }
        return save(exchange, consumer, credential.id, kept).catch((error: unknown) =>
          host.logger.log("error", "a session is not saved", { requestId: exchange.id, error }),
        );
      },
    };
  },
});
