/** The configuration that both roots serve in the behaviour suite. */
export const document = (upstreamPort: number, deadPort: number): Record<string, unknown> => ({
  services: [
    {
      name: "up",
      url: `http://127.0.0.1:${upstreamPort}`,
      routes: [
        { name: "open", paths: ["/open"] },
        { name: "kept", paths: ["/kept"], strip_path: false },
        { name: "preserved", paths: ["/preserved"], preserve_host: true },
        {
          name: "private",
          paths: ["/private"],
          plugins: [{ name: "key-auth", config: { hide_credentials: true } }],
        },
        {
          name: "bodykey",
          paths: ["/bodykey"],
          plugins: [{ name: "key-auth", config: { key_in_body: true } }],
        },
        {
          name: "session",
          paths: ["/session"],
          plugins: [
            { name: "session", config: { secret: "a secret of this test", cookie_secure: false } },
            { name: "key-auth", config: { anonymous: "guest" } },
          ],
        },
        {
          name: "anyone",
          paths: ["/anyone"],
          plugins: [{ name: "key-auth", config: { anonymous: "guest" } }],
        },
        { name: "regex", paths: ["~/items/(?<id>\\d+)$"] },
        { name: "host", hosts: ["api.test"], paths: ["/byhost"] },
        { name: "wildcard", hosts: ["*.wild.test"], paths: ["/byhost"] },
        { name: "method", methods: ["DELETE"], paths: ["/bymethod"] },
        { name: "header", headers: { "x-variant": ["b"] }, paths: ["/byheader"] },
        { name: "secure", protocols: ["https"], paths: ["/secure"] },
        {
          name: "moved",
          protocols: ["https"],
          https_redirect_status_code: 308,
          paths: ["/moved-to-https"],
        },
        {
          name: "correlated",
          paths: ["/correlated"],
          plugins: [
            {
              name: "correlation-id",
              config: { generator: "uuid", echo_downstream: true, header_name: "X-Corr" },
            },
          ],
        },
        {
          name: "transformed",
          paths: ["/transformed"],
          plugins: [
            {
              name: "response-transformer",
              config: {
                add: { headers: ["X-Added:1"], json: ["c:3"] },
                remove: { json: ["a"], headers: ["X-Up"] },
              },
            },
          ],
        },
        {
          name: "cached",
          paths: ["/cached"],
          plugins: [
            {
              name: "proxy-cache",
              config: { strategy: "memory", content_type: ["*/*"], response_code: [200] },
            },
          ],
        },
        {
          name: "limited",
          paths: ["/limited"],
          plugins: [{ name: "rate-limiting", config: { year: 1, limit_by: "service" } }],
        },
        {
          name: "traced",
          paths: ["/traced"],
          plugins: [
            {
              name: "zipkin",
              config: { sample_ratio: 0, propagation: { extract: ["w3c"], inject: ["b3-single"] } },
            },
          ],
        },
        {
          name: "letters",
          paths: ["/letters"],
          headers: { "x-city": ["Zürich"] },
          plugins: [
            {
              name: "request-transformer",
              config: {
                add: {
                  headers: ["X-Own:ü-$(headers.x_city)", "X-Query:$(query_params.q)"],
                  querystring: ["p:ü"],
                },
              },
            },
            { name: "response-transformer", config: { add: { headers: ["X-Added:ü", "X-Wide:€"] } } },
          ],
        },
        {
          name: "kitchen",
          paths: ["/kitchen"],
          plugins: [{ name: "key-auth", config: { realm: "Küche" } }],
        },
        {
          name: "metered",
          paths: ["/metered"],
          plugins: [{ name: "response-ratelimiting", config: { limits: { video: { year: 5 } } } }],
        },
        {
          name: "hook",
          paths: ["/hook"],
          plugins: [
            { name: "standard-webhooks", config: { secret_v1: "whsec", tolerance_second: 2000000000 } },
          ],
        },
        {
          name: "stopped",
          paths: ["/stopped"],
          plugins: [{ name: "request-termination", config: { status_code: 403, message: "no" } }],
        },
        {
          name: "teapot",
          paths: ["/teapot"],
          plugins: [
            {
              name: "request-termination",
              config: { status_code: 418, body: "short", content_type: "text/plain" },
            },
          ],
        },
        {
          name: "debug",
          paths: ["/debug"],
          plugins: [
            { name: "request-termination", config: { status_code: 200, echo: true, trigger: "x-debug" } },
          ],
        },
      ],
    },
    {
      name: "based",
      url: `http://127.0.0.1:${upstreamPort}/base/`,
      routes: [{ name: "based", paths: ["/based"] }],
    },
    {
      name: "dead",
      url: `http://127.0.0.1:${deadPort}`,
      retries: 1,
      routes: [{ name: "dead", paths: ["/dead"] }],
    },
    {
      name: "slow",
      url: `http://127.0.0.1:${upstreamPort}`,
      read_timeout: 200,
      connect_timeout: 200,
      retries: 0,
      routes: [{ name: "slow", paths: ["/slow"] }],
    },
    {
      name: "off",
      url: `http://127.0.0.1:${upstreamPort}`,
      enabled: false,
      routes: [{ name: "off", paths: ["/off"] }],
    },
  ],
  routes: [
    { name: "serviceless", paths: ["/serviceless"] },
    {
      name: "maintenance",
      paths: ["/maintenance"],
      plugins: [{ name: "request-termination", config: { status_code: 503, message: "back soon" } }],
    },
  ],
  consumers: [
    { username: "ada", custom_id: "c-1", keyauth_credentials: [{ key: "ada-key" }] },
    {
      username: "blocked",
      keyauth_credentials: [{ key: "blocked-key" }],
      plugins: [{ name: "request-termination", config: { status_code: 403, message: "you are blocked" } }],
    },
    { username: "jürgen", custom_id: "€7", keyauth_credentials: [{ key: "schlüssel" }] },
    { username: "guest" },
  ],
});
