import type { Method } from "protobufjs";
import type { HttpBinding } from "../../core/index.ts";

const methods = ["get", "put", "post", "delete", "patch"] as const;

/** google.api.HttpRule, as the parser leaves it: what is repeated is a list where there are several. */
interface HttpRule extends Partial<Record<(typeof methods)[number] | "body", string>> {
  readonly custom?: { readonly kind: string; readonly path: string };
  readonly additional_bindings?: HttpRule | readonly HttpRule[];
}

const ownBindings = (rule: HttpRule): HttpBinding[] => {
  const { body, custom } = rule;
  const found = methods.flatMap((method) => {
    const template = rule[method];
    return template === undefined ? [] : [{ method: method.toUpperCase(), template, body }];
  });
  return custom === undefined ? found : [...found, { method: custom.kind, template: custom.path, body }];
};

/** What a method's option `google.api.http` says. */
export const bindingsOf = ({ parsedOptions }: Method): HttpBinding[] => {
  const options = (parsedOptions ?? []) as unknown as Readonly<Record<string, HttpRule>>[];
  return options
    .flatMap((option) => option["(google.api.http)"] ?? option["(.google.api.http)"] ?? [])
    .flatMap((rule) => [rule, ...[rule.additional_bindings ?? []].flat()])
    .flatMap(ownBindings);
};
