import { expect, test } from "vitest";
import { pems } from "../../test/support/pems.ts";
import { gatewayOn, type TestGateway } from "../../testing/index.ts";

/** A gateway whose platform shows no client certificates and leaves nobody the choice whom to trust. */
const limited = (document: Record<string, unknown>): TestGateway & { judged: () => number } => {
  const all = gatewayOn({});
  let judged = 0;
  all.upstream.hasHttp2 = false;
  all.upstream.tlsLimit = ({ certificate, verify }) => {
    judged++;
    return certificate !== undefined || verify === false ? "not here" : undefined;
  };
  all.configure(document);
  return { ...all, judged: () => judged };
};

const secure = { protocol: "https", port: 443 };
const certificateId = "0c6a0f6e-1c5a-4a6c-9a43-0e6f7b0c3a22";
const to = (service: Record<string, unknown>): Record<string, unknown> => ({
  services: [{ name: "s", host: "up.test", ...service, routes: [{ name: "r", paths: ["/t"] }] }],
});
const shown = (service: Record<string, unknown>): Record<string, unknown> => ({
  ...to({ host: "ups", ...service }),
  certificates: [{ id: certificateId, cert: pems.authority, key: pems.key }],
  upstreams: [
    { name: "ups", client_certificate: { id: certificateId }, targets: [{ target: "10.0.0.1:443" }] },
  ],
});

test.each([
  ["terms of TLS", to({ ...secure, tls_verify: false })],
  ["HTTP/2", to({ protocol: "grpc" })],
  ["an upstream's certificate", shown(secure)],
])(
  "a service with %s that the platform can't do is answered with 502, and nothing is sent",
  async (_, document) => {
    const { client, upstream } = limited(document);
    const response = await client.send({ target: "/t" });
    expect([response.status, response.body]).toEqual([
      502,
      expect.stringContaining("can't reach this service as it is configured"),
    ]);
    expect(upstream.sent).toEqual([]);
  },
);

test.each([
  ["TLS on terms that it can do", to(secure)],
  ["plain text, to an upstream with a certificate", shown({})],
])("%s is sent", async (_, document) => {
  const { client, upstream } = limited(document);
  expect((await client.send({ target: "/t" })).status).toBe(200);
  expect(upstream.sent).toHaveLength(1);
});

test("what the platform can do is judged with the configuration, not with its requests", async () => {
  const { client, judged } = limited(to(secure));
  const before = judged();
  for (let i = 0; i < 3; i++) await client.send({ target: "/t" });
  expect([before, judged()]).toEqual([1, 1]);
});

test("an upstream that can't be asked on its terms is not probed, and so not taken for dead", async () => {
  const all = gatewayOn({}, { isProber: true });
  all.upstream.tlsLimit = () => "not here";
  const active = { type: "https", healthy: { interval: 1 }, unhealthy: { interval: 1, tcp_failures: 1 } };
  const targets = [{ target: "10.0.0.1:443" }];
  all.configure({ upstreams: [{ name: "ups", targets, healthchecks: { active } }] });
  await all.ports.timers.advance(5_000);
  expect([all.upstream.sent, all.gateway.unhealthy()]).toEqual([[], []]);
});
