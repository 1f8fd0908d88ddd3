import {
  MemoryClient,
  type MemoryClock,
  memoryPorts,
  type MemoryPorts,
  type MemoryTransport,
} from "../adapters/memory/index.ts";
import {
  bundledPlugins,
  createGateway,
  DeclarativeConfiguration,
  type Exchange,
  type Gateway,
  type GatewayOptions,
  type GatewayPorts,
  type PluginDefinition,
  type Records,
} from "../core/index.ts";
import { TestRecords } from "./records.ts";

export interface TestGateway {
  readonly gateway: Gateway;
  readonly client: MemoryClient;
  readonly ports: MemoryPorts;
  /** Time stands still until it is told to go on: `clock.advance(1_000)`. */
  readonly clock: MemoryClock;
  /** Every upstream: `upstream.answer` says how, `upstream.sent` holds what it got. */
  readonly upstream: MemoryTransport;
  /** What plugins wrote. */
  readonly records: Records;
  /** Every exchange that is over. */
  readonly finished: Exchange[];
  /** Swaps another document in. */
  configure(document: Record<string, unknown>): void;
}

export interface TestGatewayOptions extends Partial<GatewayOptions> {
  /** Beside the bundled ones. */
  readonly extraPlugins?: readonly PluginDefinition[];
  /** In place of those in memory. */
  readonly ports?: Partial<GatewayPorts>;
}

/** A whole gateway in memory on a declarative document (`_format_version` is added). */
export const gatewayOn = (
  document: Record<string, unknown>,
  options: TestGatewayOptions = {},
): TestGateway => {
  const ports = memoryPorts();
  const finished: Exchange[] = [];
  const plugins = [...bundledPlugins, ...(options.extraPlugins ?? [])];
  const configuration = new DeclarativeConfiguration({
    plugins,
    routerFlavor: "traditional_compatible",
    clock: ports.clock,
    random: ports.random,
  });
  const records = new TestRecords(configuration, ports, () => gateway);
  const gateway: Gateway = createGateway(
    { ...ports, records, ...options.ports },
    {
      version: "1.2.3",
      plugins,
      node: { id: "6f1b0c56-3c0a-4f0e-9a43-0e6f7b0c3a11", hostname: "test", pid: 42, worker: 0 },
      onFinished: (exchange) => finished.push(exchange),
      ...options,
    },
  );
  const configure = (next: Record<string, unknown>): void => {
    const loaded = configuration.read({ _format_version: "3.0", ...next });
    if (!loaded.ok) throw new Error(loaded.error.message);
    const tables = configuration.tables(loaded);
    gateway.prepare(tables)();
    records.load(tables);
  };
  configure(document);
  const { clock, transport: upstream } = ports;
  return { gateway, client: new MemoryClient(gateway), ports, clock, upstream, records, finished, configure };
};

/** One service at `upstream.test` with one route at `/t`, and plugins on the route. */
export const oneRoute = (
  plugins: readonly Record<string, unknown>[] = [],
  rest: Record<string, unknown> = {},
  route: Record<string, unknown> = {},
  service: Record<string, unknown> = {},
): Record<string, unknown> => ({
  services: [
    {
      name: "s",
      url: "http://upstream.test:8080",
      ...service,
      routes: [{ name: "r", paths: ["/t"], plugins, ...route }],
    },
  ],
  ...rest,
});
