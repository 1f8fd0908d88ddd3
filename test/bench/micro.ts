import { bench, group, run, summary } from "mitata";
import { MemoryRandom } from "../../adapters/memory/index.ts";
import { HeaderList } from "../../core/index.ts";
import { negotiate } from "../../core/http/accept.ts";
import { requestIds } from "../../core/http/identifier.ts";
import { gatewayOn, oneRoute } from "../../testing/index.ts";

const flat = [
  "Host",
  "a.test",
  "User-Agent",
  "curl/8",
  "Accept",
  "*/*",
  "X-Request",
  "1",
  "Cookie",
  "a=1; b=2",
];
const headers = new HeaderList(flat);
const nextId = requestIds(new MemoryRandom());

summary(() => {
  group("fields", () => {
    bench("header list: get the last of 5", () => headers.get("cookie"));
    bench("header list: miss", () => headers.get("authorization"));
    bench("WHATWG Headers: make from 5, get one", () => {
      const made = new Headers();
      for (let i = 0; i < flat.length; i += 2) made.append(flat[i]!, flat[i + 1]!);
      return made.get("cookie");
    });
    bench("request id", () => nextId());
    bench("Accept of a browser", () =>
      negotiate("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
  });
});

const plain = gatewayOn(oneRoute());
const keyed = gatewayOn(
  oneRoute([{ name: "key-auth" }], { consumers: [{ username: "ada", keyauth_credentials: [{ key: "k" }] }] }),
);
// What is kept for assertions would grow without end here.
for (const { ports, finished } of [plain, keyed]) {
  ports.transport.sent.push = () => 0;
  finished.push = () => 0;
}

group("a whole exchange in memory", () => {
  bench("one route", () => plain.client.send({ target: "/t" }));
  bench("with key-auth", () => keyed.client.send({ target: "/t", headers: [["apikey", "k"]] }));
});

await run();
