import { definePlugin, type Exchange } from "../../pdk/index.ts";
import type { FetcherRequest } from "../../ports/fetcher.ts";
import { type Answer, answerOf, BadAnswer } from "./answer.ts";
import { payloadOf } from "./payload.ts";
import { type Config, schema } from "./schema.ts";
import { signed } from "./signature.ts";
import { credentialsOf } from "./sources.ts";
import { endpointOf } from "./sts.ts";

const maxAnswerBytes = 64 * 1024 * 1024;

/** Where a function is invoked. */
const invocationUrl = (config: Config, region: string): string => {
  const scheme = config.disable_https ? "http" : "https";
  const site = `${scheme}://${config.host ?? endpointOf("lambda", region)}:${config.port ?? 443}`;
  const url = `${site}/2015-03-31/functions/${encodeURIComponent(config.function_name ?? "")}/invocations`;
  return config.qualifier === null ? url : `${url}?Qualifier=${encodeURIComponent(config.qualifier)}`;
};

/** Answers with what an AWS Lambda function does, in the upstream's place. */
export const awsLambda = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const { clock, environment, fetcher, logger, version } = host;
    const region =
      config.aws_region ?? environment?.variable("AWS_REGION") ?? environment?.variable("AWS_DEFAULT_REGION");
    const credentials =
      region === undefined ? undefined : credentialsOf(config, { environment, fetcher, clock, region });

    const invoke = async (payload: string): Promise<Answer> => {
      if (region === undefined || credentials === undefined) throw new Error("no region specified");
      if (config.function_name === null) throw new Error("no function_name specified");
      const request: FetcherRequest = {
        method: "POST",
        url: invocationUrl(config, region),
        headers: [
          ["content-type", "application/json"],
          ["x-amz-invocation-type", config.invocation_type],
          ["x-amz-log-type", config.log_type],
        ],
        body: payload,
        timeoutMs: config.timeout,
        proxyUrl: config.proxy_url ?? undefined,
      };
      const scope = { service: "lambda", region };
      const proved = await signed(request, scope, await credentials(), clock.nowMs());
      return answerOf(await fetcher.ask(proved, maxAnswerBytes), config);
    };

    const access = async (exchange: Exchange): Promise<void> => {
      const payload = await payloadOf(exchange, config, host);
      const askedAtMs = clock.nowMs();
      exchange.proxyLatencyMs = Math.max(0, askedAtMs - exchange.startedAtMs);
      try {
        const { status, headers, body } = await invoke(payload);
        const own = `${exchange.request.httpVersion === "2" ? "2" : "1.1"} sallyport/${version}`;
        const via = headers.get("via");
        headers.set("Via", via === undefined ? own : `${via}, ${own}`);
        exchange.exit(status, body, headers);
      } catch (error) {
        if (!(error instanceof BadAnswer)) throw error;
        logger.log("error", error.message);
        const reason = `could not JSON decode Lambda function response: ${error.message}`;
        exchange.exit(502, { message: "Bad Gateway", error: reason });
      } finally {
        exchange.upstreamLatencyMs = Math.max(0, clock.nowMs() - askedAtMs);
      }
    };
    return { access };
  },
});
