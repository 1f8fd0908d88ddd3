import type { Script, ScriptFunctions } from "../../ports/scripts.ts";
import type { Exchange } from "../exchange.ts";
import { helloFunctions, kongFunctions, settleResponse } from "../kong/index.ts";
import {
  definePlugin,
  type Handled,
  type PluginDeclaration,
  type PluginDefinition,
  type PluginPhases,
} from "../plugin.ts";
import { BodyPiece } from "./body.ts";
import { type Config, phases as phaseNames } from "./schema.ts";

const atOnce = (handled: Handled, phase: string): void => {
  if (handled === undefined) return;
  handled.catch(() => undefined);
  throw new Error(`a function in ${phase} can't wait`);
};

/** Runs one function after the other, until one has answered. */
const inTurn = (scripts: readonly Script[], kong: ScriptFunctions, exchange: Exchange, from = 0): Handled => {
  for (let i = from; i < scripts.length; i++) {
    const handled = scripts[i]!(kong);
    if (handled instanceof Promise)
      return handled.then(() => (exchange.hasExited ? undefined : inTurn(scripts, kong, exchange, i + 1)));
    if (exchange.hasExited) return undefined;
  }
  return undefined;
};

/** The code of a plugin that runs functions from its configuration. */
export const functionsPlugin = (declaration: PluginDeclaration): PluginDefinition =>
  definePlugin<Config>({
    ...declaration,
    create(config, host, binding) {
      const { name } = declaration;
      if (host.scripts === undefined) throw new Error(`${name}: configurations may not hold code here`);
      const space = host.scripts.open();
      const compiled = (phase: (typeof phaseNames)[number]): Script[] =>
        config[phase].map((text) => space.compile(text));
      const [certificate, rewrite, access, headerFilter, bodyFilter, log] = phaseNames.map(compiled) as [
        Script[],
        Script[],
        Script[],
        Script[],
        Script[],
        Script[],
      ];
      const kong = (exchange: Exchange): ScriptFunctions => kongFunctions(exchange, host, name, binding);
      const phases: PluginPhases = { close: () => space.close() };
      if (certificate.length > 0)
        phases.certificate = ({ serverName }) => {
          const functions = helloFunctions(serverName, host, name, binding);
          for (const script of certificate) atOnce(script(functions), "certificate");
        };
      if (rewrite.length > 0) phases.rewrite = (exchange) => inTurn(rewrite, kong(exchange), exchange);
      if (access.length > 0) phases.access = (exchange) => inTurn(access, kong(exchange), exchange);
      const sooner = [rewrite, access].some((scripts) => scripts.length > 0);
      if (sooner) phases.headerFilter = settleResponse;
      if (headerFilter.length > 0 || bodyFilter.length > 0)
        phases.headerFilter = (exchange) => {
          if (sooner) settleResponse(exchange);
          // What the functions make of the body may have another length.
          if (bodyFilter.length > 0) exchange.response.headers.delete("content-length");
          if (headerFilter.length === 0) return;
          const functions = kong(exchange);
          for (const script of headerFilter) atOnce(script(functions), "header_filter");
        };
      if (bodyFilter.length > 0)
        phases.bodyFilter = (exchange, chunk, isLast) => {
          const piece = new BodyPiece(exchange, chunk, isLast);
          const all = kong(exchange);
          const response = {
            ...(all["response"] as ScriptFunctions),
            getRawBody: () => piece.read(),
            setRawBody: (body: unknown) => piece.replace(body),
          };
          for (const script of bodyFilter) atOnce(script({ ...all, response }), "body_filter");
          return piece.pass(exchange);
        };
      if (log.length > 0)
        phases.log = async (exchange) => {
          const functions = kong(exchange);
          for (const script of log) await script(functions);
        };
      return phases;
    },
  });
