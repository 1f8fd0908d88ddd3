import {
  array,
  boolean,
  headerName,
  integer,
  map,
  number,
  path,
  record,
  sni,
  string,
} from "../schema/index.ts";

const seconds = (rest: { readonly default: number; readonly doc: string }) =>
  number({ between: [0, 65_535], ...rest });
const counter = (rest: { readonly default: number; readonly doc: string }) =>
  integer({ between: [0, 255], ...rest });
const statuses = (codes: readonly number[], doc: string) =>
  array(integer({ between: [100, 999] }), { default: codes, doc });

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

const checkTypes = ["tcp", "http", "https", "grpc", "grpcs"] as const;

const active = record(
  {
    type: string({ one_of: checkTypes, default: "http", doc: "What a probe speaks." }),
    timeout: seconds({ default: 1, doc: "Seconds until a probe fails." }),
    concurrency: integer({ between: [1, 2_147_483_648], default: 10, doc: "Probes at the same time." }),
    http_path: path({ default: "/", doc: "Path that a probe asks for." }),
    https_sni: sni({ doc: "Server name of HTTPS probes." }),
    https_verify_certificate: boolean({
      required: true,
      default: true,
      doc: "Verify the target's certificate in HTTPS probes.",
    }),
    headers: map(headerName(), array(string()), { doc: "Headers of a probe." }),
    healthy: record(
      {
        interval: seconds({ default: 0, doc: "Seconds between probes of healthy targets; 0 for none." }),
        http_statuses: statuses([200, 302], "Statuses that count as success."),
        successes: counter({ default: 0, doc: "Successes that make a target healthy; 0 for never." }),
      },
      { required: true, doc: "When a target becomes healthy." },
    ),
    unhealthy: record(
      {
        interval: seconds({ default: 0, doc: "Seconds between probes of unhealthy targets; 0 for none." }),
        http_statuses: statuses([429, 404, 500, 501, 502, 503, 504, 505], "Statuses that count as failure."),
        tcp_failures: counter({
          default: 0,
          doc: "Failed connections that make a target unhealthy; 0 for never.",
        }),
        timeouts: counter({ default: 0, doc: "Timeouts that make a target unhealthy; 0 for never." }),
        http_failures: counter({
          default: 0,
          doc: "Failure statuses that make a target unhealthy; 0 for never.",
        }),
      },
      { required: true, doc: "When a target becomes unhealthy." },
    ),
  },
  { required: true, doc: "Probes that the gateway sends." },
);

const passive = record(
  {
    type: string({ one_of: checkTypes, default: "http", doc: "What the proxied traffic speaks." }),
    healthy: record(
      {
        http_statuses: statuses(
          [...range(200, 208), 226, ...range(300, 308)],
          "Statuses that count as success.",
        ),
        successes: counter({ default: 0, doc: "Successes that make a target healthy; 0 for never." }),
      },
      { required: true, doc: "When a target becomes healthy." },
    ),
    unhealthy: record(
      {
        http_statuses: statuses([429, 500, 503], "Statuses that count as failure."),
        tcp_failures: counter({
          default: 0,
          doc: "Failed connections that make a target unhealthy; 0 for never.",
        }),
        timeouts: counter({ default: 0, doc: "Timeouts that make a target unhealthy; 0 for never." }),
        http_failures: counter({
          default: 0,
          doc: "Failure statuses that make a target unhealthy; 0 for never.",
        }),
      },
      { required: true, doc: "When a target becomes unhealthy." },
    ),
  },
  { required: true, doc: "Judging targets by the traffic they serve." },
);

/** How the health of an upstream's targets is found out. Everything is off by default. */
export const healthchecks = record(
  {
    threshold: number({
      default: 0,
      between: [0, 100],
      doc: "Per cent of the upstream's weight that has to be healthy, or the whole counts as unhealthy.",
    }),
    active,
    passive,
  },
  { default: {}, doc: "How the health of targets is found out." },
);
