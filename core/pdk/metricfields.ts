import { conditional } from "../schema/index.ts";

/** What metrics may tell a consumer by. */
export const consumerIdentifiers = ["consumer_id", "custom_id", "username"] as const;

/** What a server of StatsD's protocol may take a metric as. */
export const metricTypes = ["counter", "gauge", "histogram", "meter", "set", "timer"] as const;

/** What grows or is read anew is told of some requests only together with their part. Checks are prepared for one record. */
export const needsSampleRate = () =>
  ["counter", "gauge"].map((eq) =>
    conditional({
      if_field: "stat_type",
      if_match: { eq },
      then_field: "sample_rate",
      then_match: { required: true },
    }),
  );
