import { array, atLeastOneOf, record, string } from "../../schema/index.ts";
import type { Infer } from "../../schema/index.ts";
import type { PluginDeclaration } from "../plugin.ts";

export const phases = ["certificate", "rewrite", "access", "header_filter", "body_filter", "log"] as const;

const functions = (when: string) =>
  array(string(), { required: true, default: [], doc: `Bodies of functions of \`kong\` that run ${when}.` });

export const config = record(
  {
    certificate: functions("while a TLS client introduces itself; of global configurations only"),
    rewrite: functions("before a route is chosen; of global configurations only"),
    access: functions("before the upstream is asked"),
    header_filter: functions("before the head of a response is sent"),
    body_filter: functions("for each piece of a response's body"),
    log: functions("when the response was sent"),
  },
  { required: true },
);

export type Config = Infer<typeof config>;

/** A plugin that runs functions from its configuration. @param priority Decides before or after which others. */
export const functionsDeclaration = (name: string, priority: number): PluginDeclaration => ({
  name,
  priority,
  config,
  checks: [atLeastOneOf(...phases.map((phase) => `config.${phase}`))],
  needs: () => "javascript",
  scripts: (values) => Object.fromEntries(phases.map((phase) => [phase, (values as Config)[phase]])),
});
