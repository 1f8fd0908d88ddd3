import type { RpcMethod } from "../../pdk/index.ts";
import { compileTemplate, type Template, type Variables } from "./template.ts";

/** A method as HTTP asks for it. */
export interface Endpoint {
  readonly rpc: RpcMethod;
  readonly body: string | undefined;
  readonly template: Template;
}

/** What requests stand for, by method of HTTP. */
export class Endpoints {
  private readonly byMethod = new Map<string, Endpoint[]>();

  constructor(methods: readonly RpcMethod[]) {
    for (const rpc of methods) {
      for (const { method, template, body } of rpc.bindings) {
        const list = this.byMethod.get(method) ?? [];
        list.push({ rpc, body, template: compileTemplate(template) });
        this.byMethod.set(method, list);
      }
    }
    // What answers every method comes after those of the method itself.
    const any = this.byMethod.get("*") ?? [];
    for (const [method, list] of this.byMethod) if (method !== "*") list.push(...any);
  }

  /** The first in the file wins. @returns Why there is none, where there is none. */
  find(method: string, path: string): { endpoint: Endpoint; variables: Variables } | string {
    const candidates = this.byMethod.get(method) ?? this.byMethod.get("*") ?? [];
    for (const endpoint of candidates) {
      const variables = endpoint.template.match(path);
      if (variables !== undefined) return { endpoint, variables };
    }
    return candidates.length === 0
      ? `Unknown method ${JSON.stringify(method.toLowerCase())}`
      : `Unknown path ${JSON.stringify(path)}`;
  }
}
