import { type GroupState, splitTarget, type TargetState } from "../balancer/index.ts";
import { ipVersion } from "../schema/address.ts";
import { isObject, type Values } from "../schema/tree.ts";
import { type Database, each } from "../store/index.ts";

/** Where health comes from, and where an operator overrules it. */
export interface HealthSource {
  /** What this node knows of an upstream's targets; undefined when it knows nothing. */
  state(upstream: string): Promise<GroupState | undefined>;
  /** An operator's word on an address, or on all addresses of a target. */
  mark(upstream: string, host: string, port: number, isHealthy: boolean): void;
}

/** Without a balancer that checks, every address counts. */
export const unknownHealth: HealthSource = { state: async () => undefined, mark: () => undefined };

export type Health = "HEALTHY" | "UNHEALTHY" | "HEALTHCHECKS_OFF" | "DNS_ERROR";

/** Whether anything in the row makes addresses change sides: an interval or a threshold above 0. */
const isChecked = (value: unknown): boolean => {
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, part]) =>
    counters.has(name) ? typeof part === "number" && part > 0 : isChecked(part),
  );
};

const counters: ReadonlySet<string> = new Set([
  "interval",
  "successes",
  "http_failures",
  "tcp_failures",
  "timeouts",
]);

/** What counts where nobody looked: a target is its one address, and well. */
const assumed = (target: string, weight: number): TargetState => {
  const { host, port } = splitTarget(target);
  const address = { host, port, weight, isHealthy: true, connections: 0, checkedAtMs: undefined };
  const counts = { successes: 0, httpFailures: 0, tcpFailures: 0, timeouts: 0 };
  return {
    host,
    port,
    weight,
    dns: ipVersion(host) === 0 ? "A" : "ip",
    addresses: [{ ...address, ...counts }],
  };
};

export const healthOf = ({ weight, dns, addresses }: TargetState, isOn: boolean): Health => {
  if (weight === 0 || !isOn) return "HEALTHCHECKS_OFF";
  if (dns === "error") return "DNS_ERROR";
  return addresses.some(({ isHealthy }) => isHealthy) ? "HEALTHY" : "UNHEALTHY";
};

/** The targets of an upstream's row, each with what is known of it. */
export const targetsOf = async (database: Database, upstream: Values, source: HealthSource) => {
  const rows = [];
  const parent = { field: "upstream", id: String(upstream["id"]) };
  for await (const row of each(database, database.entities.get("targets")!, parent)) rows.push(row);
  const known = await source.state(String(upstream["name"]));
  const targets = rows.map(({ values }): TargetState => {
    const { host, port } = splitTarget(String(values["target"]));
    const found = known?.targets.find((target) => target.host === host && target.port === port);
    return found ?? assumed(String(values["target"]), Number(values["weight"]));
  });
  return { rows, known, targets, isOn: isChecked(upstream["healthchecks"]) };
};

const states = ["healthchecks_off", "healthy", "unhealthy", "dns_error"] as const;
type State = (typeof states)[number];

/** Each state of each address of each upstream, with 1 for the one that it is in: for scrapers. */
export const targetStates = async (database: Database, source: HealthSource) => {
  const found: { upstream: string; target: string; address: string; state: State; value: number }[] = [];
  for await (const { values } of each(database, database.entities.get("upstreams")!)) {
    const { targets, isOn } = await targetsOf(database, values, source);
    for (const target of targets) {
      const verdict = healthOf(target, isOn);
      // A name that leads nowhere has no addresses to tell.
      const addresses = target.addresses.length === 0 ? [undefined] : target.addresses;
      for (const address of addresses) {
        const own = address?.isHealthy === false ? "UNHEALTHY" : "HEALTHY";
        const is = verdict === "HEALTHY" || verdict === "UNHEALTHY" ? own : verdict;
        for (const state of states)
          found.push({
            upstream: String(values["name"]),
            target: `${target.host}:${target.port}`,
            address: address === undefined ? "" : `${address.host}:${address.port}`,
            state,
            value: state === is.toLowerCase() ? 1 : 0,
          });
      }
    }
  }
  return found;
};
