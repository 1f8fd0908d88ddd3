import type { ConnectionFacts } from "../../ports/downstream.ts";
import { definePlugin, type Exchange, type PluginHost } from "../../pdk/index.ts";
import { uuidV4Maker } from "../../uuid/index.ts";
import { type Config, schema } from "./schema.ts";

const idKey = Symbol("correlation-id");

/** Gives each request an id that upstream and logs share, unless the client brought one. */
export const correlationId = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const headerName = config.header_name ?? "Kong-Request-ID";
    const next = generator(config.generator, host);

    const idOf = (exchange: Exchange): string => {
      const brought = exchange.request.headers.get(headerName);
      return brought === undefined || brought === "" ? next(exchange) : brought;
    };

    return {
      access(exchange) {
        const id = idOf(exchange);
        exchange.request.headers.set(headerName, id);
        exchange.setLogValue("correlation_id", id);
        if (config.echo_downstream) exchange.shared.set(idKey, id);
      },
      ...(config.echo_downstream && {
        headerFilter(exchange: Exchange) {
          // Access did not run for a request that no route matched.
          const id = (exchange.shared.get(idKey) as string | undefined) ?? idOf(exchange);
          exchange.response.headers.set(headerName, id);
        },
      }),
    };
  },
});

const generator = (kind: Config["generator"], host: PluginHost): ((exchange: Exchange) => string) => {
  switch (kind) {
    case "uuid":
      return uuidV4Maker(host.random);
    case "uuid#counter": {
      let prefix: string | undefined;
      let count = 0;
      return () => `${(prefix ??= uuidV4Maker(host.random)())}#${++count}`;
    }
    case "tracker":
      return tracker(host);
  }
};

/** `ip-port-pid-connection-request-seconds.milliseconds`, with the facts of the client's connection. */
const tracker = ({ clock, node }: PluginHost): ((exchange: Exchange) => string) => {
  const connections = new WeakMap<ConnectionFacts, { serial: number; requests: number }>();
  let connectionCount = 0;
  return ({ request: { connection } }) => {
    let known = connections.get(connection);
    if (known === undefined)
      connections.set(connection, (known = { serial: ++connectionCount, requests: 0 }));
    known.requests++;
    const { localAddress, localPort } = connection;
    const seconds = (clock.nowMs() / 1000).toFixed(3);
    return `${localAddress}-${localPort}-${node.pid}-${known.serial}-${known.requests}-${seconds}`;
  };
};
