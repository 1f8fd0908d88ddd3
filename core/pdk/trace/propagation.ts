import type { HeaderList } from "../../http/headers.ts";
import { array, record, string } from "../../schema/index.ts";
import type { Exchange } from "../exchange.ts";
import { type Current, type Format, formats, type Parent } from "./context.ts";
import { type Extractable, extractors } from "./extract.ts";
import { injectors } from "./inject.ts";

const extractable = ["w3c", "b3", "jaeger", "ot", "aws", "datadog", "gcp", "instana"] as const;

/** How a plugin reads and tells traces. */
export const propagationField = (byDefault: Format) =>
  record(
    {
      extract: array(string({ one_of: extractable }), {
        doc: "Formats to look for in requests, the first one found counts.",
      }),
      clear: array(string(), { doc: "Headers to remove from requests, after they were read." }),
      inject: array(string({ one_of: ["preserve", ...formats] }), {
        doc: "Formats to tell upstreams; `preserve` stands for the one that was found.",
      }),
      default_format: string({
        required: true,
        default: byDefault,
        one_of: formats,
        doc: "What `preserve` stands for when nothing was found.",
      }),
    },
    { required: true, default: { default_format: byDefault }, doc: "How traces are read and told." },
  );

export interface PropagationOptions {
  readonly extract: readonly Extractable[] | null;
  readonly clear: readonly string[] | null;
  readonly inject: readonly (Format | "preserve")[] | null;
  readonly default_format: Format;
}

/** Kong's order. */
const everything: readonly Extractable[] = ["b3", "w3c", "jaeger", "ot", "datadog", "aws", "gcp", "instana"];

/** The options as they act: where only the old `header_type` says something, it decides. */
const effective = (
  options: PropagationOptions,
  headerType: Format | "preserve" | "ignore",
): { [K in keyof PropagationOptions]: NonNullable<PropagationOptions[K]> } => {
  const { extract, clear, inject, default_format } = options;
  if (extract !== null || clear !== null || inject !== null)
    return { extract: extract ?? [], clear: clear ?? [], inject: inject ?? [], default_format };
  if (headerType === "ignore") return { extract: [], clear: [], inject: [default_format], default_format };
  const told = headerType === "preserve" ? [] : [headerType];
  return { extract: everything, clear: [], inject: ["preserve", ...told], default_format };
};

/** Reads the trace of requests and tells it to upstreams. */
export class Propagation {
  private readonly options: ReturnType<typeof effective>;

  constructor(options: PropagationOptions, headerType: Format | "preserve" | "ignore") {
    this.options = effective(options, headerType);
  }

  extract(headers: HeaderList): Parent | undefined {
    for (const name of this.options.extract) {
      const found = extractors[name](headers);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Tells the upstream, and the log as `trace_id`. */
  inject(exchange: Exchange, found: Parent | undefined, current: Current): void {
    const { clear, inject, default_format: byDefault } = this.options;
    const { headers } = exchange.request;
    for (const name of clear) headers.delete(name);
    const told: Partial<Record<Format, string>> = {};
    for (const choice of inject) {
      const format = choice === "preserve" ? (found?.format ?? byDefault) : choice;
      told[format] ??= injectors[format](headers, current);
    }
    exchange.setLogValue("trace_id", told);
  }
}
