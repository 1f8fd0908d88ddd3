import { afterEach, expect, test } from "vitest";
import type { NewEvent } from "../../core/index.ts";
import { type EdgePair, startEdgePair } from "../support/edge.ts";

let pair: EdgePair | undefined;
afterEach(() => pair?.close());

const answering = (message: string): Record<string, unknown> => ({
  routes: [
    {
      name: "r",
      paths: ["/"],
      plugins: [{ name: "request-termination", config: { status_code: 200, message } }],
    },
  ],
});
const news = (version: string, rest: Partial<NewEvent> = {}): NewEvent => ({
  id: `event ${version}`,
  node: "publisher",
  channel: "configuration",
  data: version,
  delayMs: 0,
  keepMs: 60_000,
  ...rest,
});
const served = async (port: number): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  return ((await response.json()) as { message: string }).message;
};

/** Asks both until they serve it. */
const untilServed = async ({ ports }: EdgePair, message: string): Promise<void> => {
  const deadline = performance.now() + 20_000;
  while ((await Promise.all(ports.map(served))).some((found) => found !== message))
    if (performance.now() > deadline) throw new Error(`${message} is not served`);
};

test("two Workers serve a configuration when they are told of it, though KV shows the old pointer", async () => {
  // Every request looks for events.
  pair = await startEdgePair({ DB_UPDATE_FREQUENCY: "0" });
  await pair.publish("1", answering("one"));
  await untilServed(pair, "one");
  // KV in this location: the document came, the pointer did not.
  await pair.publish("2", answering("two"));
  await pair.publish("1", answering("one"));
  await Promise.all(pair.ports.map(served));
  expect(await Promise.all(pair.ports.map(served))).toEqual(["one", "one"]);
  await pair.log.append([news("2")]);
  await untilServed(pair, "two");
  // The old pointer does not win any more.
  for (let i = 0; i < 10; i++) expect(await Promise.all(pair.ports.map(served))).toEqual(["two", "two"]);
});

test("a version that KV does not show yet is taken when it does", async () => {
  pair = await startEdgePair({ DB_UPDATE_FREQUENCY: "0" });
  await pair.publish("1", answering("one"));
  await untilServed(pair, "one");
  await pair.log.append([news("2")]);
  for (let i = 0; i < 5; i++) expect(await Promise.all(pair.ports.map(served))).toEqual(["one", "one"]);
  await pair.publish("2", answering("two"));
  await untilServed(pair, "two");
});

test("who missed events looks at everything again", async () => {
  pair = await startEdgePair({ DB_UPDATE_FREQUENCY: "0" });
  await pair.publish("1", answering("one"));
  await untilServed(pair, "one");
  await pair.log.append([news("2", { keepMs: 0 })]);
  await pair.log.prune();
  await pair.publish("3", answering("three"));
  await untilServed(pair, "three");
});

test("with a socket, events come between two looks", async () => {
  // So long that no second look comes during the test.
  pair = await startEdgePair({ DB_UPDATE_FREQUENCY: "3600", EVENTS_SOCKET: "on" });
  await pair.publish("1", answering("one"));
  await untilServed(pair, "one");
  await Promise.all(pair.ports.map(served));
  await pair.publish("2", answering("two"));
  let count = 0;
  const deadline = performance.now() + 20_000;
  while ((await Promise.all(pair.ports.map(served))).some((found) => found !== "two")) {
    // The socket may not have been open when an event was sent: then it is sent once more.
    await pair.log.append([news("2", { id: `event ${++count}` })]);
    if (performance.now() > deadline) throw new Error("nothing came by the socket");
  }
}, 60_000);
