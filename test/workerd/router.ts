import findMyWay from "find-my-way";
import { createRouter } from "../../core/router/router.ts";
import { requestsOf, shapes, table } from "../bench/routes.ts";

// All at start-up: find-my-way makes functions of texts, which the runtime allows only here.
const entries = table(10_000, shapes.methodsAndPaths);
const requests = requestsOf(entries, 1000);
const own = createRouter(entries, { flavor: "traditional_compatible" });
const other = findMyWay();
for (const { route, value } of entries) other.on(["GET", "POST"], `${route.paths![0]}/*`, () => value);

let found = 0;
const runs: Readonly<Record<string, () => void>> = {
  own: () => {
    for (const request of requests) if (own.match(request) !== undefined) found++;
  },
  other: () => {
    for (const { target } of requests)
      if (other.find("GET", target.slice(0, target.indexOf("?"))) !== null) found++;
  },
  nothing: () => undefined,
};
runs["other"]?.();

/** `/<run>?times=`: so many times 1,000 matches. Clocks stand still here: the caller takes the time. */
export default {
  fetch(request: Request): Response {
    const { pathname, searchParams } = new URL(request.url);
    const run = runs[pathname.slice(1)];
    const times = Number(searchParams.get("times"));
    found = 0;
    for (let i = 0; i < times; i++) run?.();
    return new Response(String(found));
  },
};
