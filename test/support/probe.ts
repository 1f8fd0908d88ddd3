import { definePlugin, type Exchange, type PluginDefinition, type PluginPhases } from "../../core/index.ts";
import { record } from "../../core/schema/index.ts";

/** A plugin that tells which of its phases ran, and does what a test wants in some of them. */
export const probePlugin = (
  name: string,
  behaviour: Partial<PluginPhases> = {},
  priority = 50,
): { calls: string[]; plugin: PluginDefinition } => {
  const calls: string[] = [];
  const plugin = definePlugin({
    name,
    priority,
    config: record({}, { required: true }),
    create: () => ({
      rewrite(exchange: Exchange) {
        calls.push("rewrite");
        return behaviour.rewrite?.(exchange);
      },
      access(exchange: Exchange) {
        calls.push("access");
        return behaviour.access?.(exchange);
      },
      ...(behaviour.response && {
        response(exchange: Exchange) {
          calls.push("response");
          return behaviour.response!(exchange);
        },
      }),
      headerFilter(exchange: Exchange) {
        calls.push("headerFilter");
        return behaviour.headerFilter?.(exchange);
      },
      bodyFilter(exchange: Exchange, chunk: Uint8Array, isLast: boolean) {
        if (isLast) calls.push("bodyFilter");
        return behaviour.bodyFilter === undefined ? chunk : behaviour.bodyFilter(exchange, chunk, isLast);
      },
      log(exchange: Exchange) {
        calls.push("log");
        return behaviour.log?.(exchange);
      },
    }),
  });
  return { calls, plugin };
};
