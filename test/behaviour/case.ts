import type { Asked } from "../support/client.ts";

export type Text = string | RegExp;

export interface Case {
  /** A true sentence about the gateway. */
  readonly name: string;
  readonly asks: Asked;
  readonly status: number;
  /** Fields of the response; null for absent, a list for repeated lines. */
  readonly headers?: Readonly<Record<string, Text | null | readonly string[]>>;
  readonly body?: Text;
  /** What the upstream got; null when it must not be asked. */
  readonly upstream?: null | {
    readonly method?: string;
    readonly url?: string;
    readonly headers?: Readonly<Record<string, Text | null>>;
    readonly body?: string;
  };
  /** How often the upstream may be asked. */
  readonly tries?: readonly number[];
  /** Why the edge does otherwise, a heading of COMPATIBILITY.md. */
  readonly notAtEdge?: string;
  /** The same of Node. */
  readonly notAtOrigin?: string;
}

/** The body of an error in JSON. */
export const problem = (message: string): RegExp =>
  new RegExp(`^\\{\n  "message":"${message}",\n  "request_id":"[0-9a-f]{32}"\n\\}$`);
