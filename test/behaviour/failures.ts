import { type Case, problem } from "./case.ts";

export const failures: readonly Case[] = [
  {
    name: "an upstream that is down is 502",
    asks: { path: "/dead", headers: ["Accept", "*/*"] },
    status: 502,
    headers: { via: /sallyport/, "x-kong-upstream-latency": /^\d+$/ },
    body: problem("An invalid response was received from the upstream server"),
  },
  {
    name: "an upstream that is down is told in plain text",
    asks: { path: "/dead" },
    status: 502,
    headers: { "content-type": "text/plain; charset=utf-8" },
  },
  {
    name: "an upstream that resets is asked once for each try",
    asks: { path: "/open/reset", headers: ["Accept", "*/*"] },
    status: 502,
    // One more when the first try went out on a connection that had been kept.
    tries: [6, 7],
    notAtEdge: "fetch repeats by itself",
  },
  {
    name: "a POST is not repeated",
    asks: { method: "POST", path: "/open/reset", body: "x" },
    status: 502,
    tries: [1],
  },
  {
    name: "an upstream that stays silent is 504",
    asks: { path: "/slow/silent", headers: ["Accept", "*/*"] },
    status: 504,
    body: problem("The upstream server is timing out"),
  },
];
