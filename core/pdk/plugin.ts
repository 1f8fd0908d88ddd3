import type { Entity } from "../entities/index.ts";
import type { PluginRow } from "../entities/rows.ts";
import type { PluginSchema } from "../schema/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { Environment } from "../ports/environment.ts";
import type { Fetcher } from "../ports/fetcher.ts";
import type { Acme } from "../ports/acme.ts";
import type { Certificates } from "../ports/certificates.ts";
import type { OpenKeyValue } from "../ports/keyvalue.ts";
import type { Ldap } from "../ports/ldap.ts";
import type { LineFiles } from "../ports/lines.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { Mlcache } from "../mlcache/index.ts";
import type { WorkerEvents } from "../events/index.ts";
import type { Protos } from "../ports/protos.ts";
import type { SystemLog } from "../ports/systemlog.ts";
import type { Records } from "../ports/records.ts";
import type { SharedDict } from "../ports/shareddict.ts";
import type { Subtle } from "../ports/subtle.ts";
import type { Timers } from "../ports/timers.ts";
import type { Directory } from "../ports/directory.ts";
import type { AdminAnswer, AdminRoutes } from "./adminroute.ts";
import type { LogListener } from "./logtap.ts";
import type { Scripts } from "../ports/scripts.ts";
import type { Sockets } from "../ports/sockets.ts";
import type { CounterPlaces, RedisServer } from "../ports/counters.ts";
import type { PluginMigration } from "./migration.ts";
import type { Need } from "./needs.ts";
import type { Metrics } from "./metrics.ts";
import type { Exchange } from "./exchange.ts";

/** Nothing, or a promise where the handler has to wait: only then does the exchange wait. */
export type Handled = void | Promise<void>;

/**
 * What one configuration of a plugin does, phase by phase. A handler that throws ends the exchange with 500
 * before the response head is sent, and the connection after.
 */
export interface PluginPhases {
  /** While a TLS client introduces itself, which waits as long; only global configurations take part. */
  certificate?(hello: { readonly serverName: string | undefined }): Handled;
  /** Before routing; only global configurations take part. */
  rewrite?(exchange: Exchange): Handled;
  /** After routing, before the upstream is asked. */
  access?(exchange: Exchange): Handled;
  /**
   * With the upstream's whole response in memory, before the header filters. Having it switches the exchange
   * to buffering: for plugins that need the body to decide about the head.
   */
  response?(exchange: Exchange): Handled;
  /** Before the response head is sent, whoever made the response. */
  headerFilter?(exchange: Exchange): Handled;
  /**
   * For each piece of the response body.
   *
   * @param chunk Valid during the call only.
   * @param isLast True exactly once; the chunk may be empty then.
   * @returns What to send in its place; undefined for nothing.
   */
  bodyFilter?(exchange: Exchange, chunk: Uint8Array, isLast: boolean): Uint8Array | undefined;
  /** After the last byte was sent, or the exchange was given up. */
  log?(exchange: Exchange): Handled;
  /**
   * Answers one of the plugin's endpoints of the Admin API, which may be on another thread: `AdminHost.ask`.
   *
   * @param question What structured cloning can carry, as the answer is.
   */
  answer?(question: unknown): AdminAnswer | Promise<AdminAnswer>;
  /** The configuration is out of use: ends what `create` began. Exchanges under way may still call other phases. */
  close?(): void;
}

/** Facts on the node that plugins tell. */
export interface NodeFacts {
  readonly id: string;
  readonly hostname: string;
  readonly pid: number;
  /** Number of this worker on its node, from 0. */
  readonly worker: number;
}

/** What the operator says about recording traces. */
export interface TracingOptions {
  /** False: traces are passed on, but nothing is recorded. */
  readonly isOn: boolean;
  /** The part of exchanges that is recorded where a plugin says nothing, 0 to 1. */
  readonly samplingRate: number;
}

/** Which configuration it is, and what it is bound to. */
export type PluginBinding = Pick<PluginRow, "id" | "route" | "service" | "consumer">;

/** What the gateway gives a plugin. */
export interface PluginHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly timers: Timers;
  /** Counters that the workers of a node share. Keys begin with the name of what is counted. */
  readonly counters: SharedDict;
  /** Where limits are counted. */
  readonly counting: CounterPlaces;
  /** Responses and the like, as many as there is room for; the workers of a node share them. Keys begin with the plugin's name. */
  readonly responses: SharedDict;
  /** What plugins keep in the memory of the node; it gives way to what is newer. Keys begin with the plugin's name. */
  readonly kept: SharedDict;
  /**
   * Texts in Redis; undefined where it can't be reached.
   *
   * @param scanCount Keys that one step of a search looks at, default 10.
   */
  readonly redis: ((server: RedisServer, scanCount?: number) => OpenKeyValue) | undefined;
  /** Rows that plugins write while they serve; undefined where nothing can be written, see {@link recordsOf}. */
  readonly records: Records | undefined;
  /**
   * What was looked up elsewhere, on three levels; the workers of a node share the second one and hear of changes. Keys
   * begin with the plugin's name. Values are what JSON can hold.
   */
  readonly cache: Mlcache<unknown>;
  /** Events between the workers of the node; undefined where a worker is alone. */
  readonly events: WorkerEvents | undefined;
  readonly subtle: Subtle;
  readonly fetcher: Fetcher;
  /** Undefined where there is none, as at the edge. */
  readonly environment: Environment | undefined;
  /** Undefined where there are no files. */
  readonly files: LineFiles | undefined;
  /** Undefined where there are none; see {@link socketsOf}. */
  readonly sockets: Sockets | undefined;
  /** Undefined where there are no files. */
  readonly protos: Protos | undefined;
  /** Undefined where there is none. */
  readonly systemLog: SystemLog | undefined;
  /** Undefined where configurations may not hold code. */
  readonly scripts: Scripts | undefined;
  /** Undefined where no certificates can be ordered. */
  readonly acme: Acme | undefined;
  /** What TLS listeners show; undefined where there are none. */
  readonly certificates: Certificates | undefined;
  /** Undefined where LDAP servers can't be reached. */
  readonly ldap: Ldap | undefined;
  readonly directory: Directory;
  /** What this worker counts for scrapers. */
  readonly metrics: Metrics;
  readonly node: NodeFacts;
  /** Whether what an address says about its clients is believed (`trusted_ips`). */
  isTrusted(address: string): boolean;
  /** Of the gateway. */
  readonly version: string;
  readonly tracing: TracingOptions;
  /** Bytes of a request's body that are held in memory without a plugin's doing (`client_body_buffer_size`). */
  readonly heldBodyBytes: number;
  /** Tells what the gateway logs. @returns What ends it. */
  listenToLog(listener: LogListener): () => void;
}

/** What is known of a plugin where it does not run: what it is called, when it runs, how it is configured. */
export interface PluginDeclaration extends PluginSchema {
  readonly name: string;
  /** The higher, the earlier; equal ones run in reverse order of their names. */
  readonly priority: number;
  /** Entities that the plugin brings along: credentials and the like. */
  readonly entities?: readonly Entity[];
  /** What the database needs of this version and those before; tables of entities come by themselves. */
  readonly migrations?: readonly PluginMigration[];
  /** What a valid configuration needs of the place where it runs; undefined for nothing. */
  readonly needs?: (config: unknown) => Need | undefined;
  /** What of a valid configuration is code, by field. */
  readonly scripts?: (config: unknown) => Readonly<Record<string, readonly string[]>>;
  /** What the plugin adds to the Admin API, by path (`/proxy-cache/:cache_key`). */
  readonly adminRoutes?: AdminRoutes;
}

/** A plugin: its declaration, and what it does. */
export interface PluginDefinition<C = unknown> extends PluginDeclaration {
  /**
   * Makes one configuration ready; runs when the configuration changes, never for a request.
   *
   * @param config Checked, with defaults filled in.
   * @param binding The row that holds the configuration.
   */
  create(config: C, host: PluginHost, binding: PluginBinding): PluginPhases;
  /** Once on each worker, before any configuration. */
  initWorker?(host: PluginHost): void;
  /** After each change, with every enabled configuration of this plugin; undefined when there is none. */
  configure?(configs: readonly C[] | undefined, host: PluginHost): void;
}

/** Ties a plugin's code to the type of its configuration. */
export const definePlugin = <C>(definition: PluginDefinition<C>): PluginDefinition => definition;

/** The sockets of a host that has some. @throws Error otherwise. */
export const socketsOf = ({ sockets }: Pick<PluginHost, "sockets">): Sockets => {
  if (sockets === undefined) throw new Error("this platform has no sockets");
  return sockets;
};

/** Where a host's plugins write rows. @throws Error where nothing can be written. */
export const recordsOf = ({ records }: Pick<PluginHost, "records">): Records => {
  if (records === undefined) throw new Error("this platform writes no rows while it serves");
  return records;
};
