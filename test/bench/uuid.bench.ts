// Run by hand: node test/bench/uuid.bench.ts. Prints own time, the other's and their ratio; medians of interleaved rounds.
import * as npm from "uuid";
import {
  isUuid,
  uuidNamespaces,
  uuidV3Maker,
  uuidV4Maker,
  uuidV5Maker,
  uuidV7Maker,
} from "../../core/uuid/index.ts";

const calls = 20_000;
const rounds = 41;
let sink = 0;

const timeOf = (run: () => void): number => {
  const start = performance.now();
  run();
  return ((performance.now() - start) * 1e6) / calls;
};
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** Both are read at one character: a text that nobody reads may never be put together. */
const repeat = (make: (i: number) => string) => (): void => {
  for (let i = 0; i < calls; i++) sink += make(i).charCodeAt(20);
};

function compare(name: string, target: number | undefined, own: () => void, other: () => void): void {
  const times: [number[], number[]] = [[], []];
  for (let i = 0; i < 5; i++) [own, other].forEach((run) => run());
  for (let i = 0; i < rounds; i++) {
    times[0].push(timeOf(own));
    times[1].push(timeOf(other));
  }
  const [a, b] = [median(times[0]), median(times[1])];
  const goal = target === undefined ? "" : `(target ${target})`;
  console.log(
    `${name.padEnd(38)}${a.toFixed(0).padStart(6)} ns${b.toFixed(0).padStart(8)} ns   x${(a / b).toFixed(2)} ${goal}`,
  );
}

const random = { fill: (bytes: Uint8Array) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>) };
const v4 = uuidV4Maker(random);
const v7 = uuidV7Maker(random, { nowMs: () => Date.now() });
const v3 = uuidV3Maker(uuidNamespaces.dns);
const v5 = uuidV5Maker(uuidNamespaces.dns);
const names = Array.from({ length: 1024 }, (_, i) => `service-${i * 7919}.example.com`);
const nameOf = (i: number): string => names[i & 1023]!;
const valid = Array.from({ length: 1024 }, () => Buffer.from(crypto.randomUUID()).toString("latin1"));
const mixed = valid.map(
  (id, i) => [id, id.toUpperCase(), `${id.slice(0, 35)}g`, id.slice(1), id.replace("-", "_")][i % 5]!,
);
const check = (test: (text: string) => boolean, texts: readonly string[]) => (): void => {
  for (let i = 0; i < calls; i++) if (test(texts[i & 1023]!)) sink++;
};

console.log(`${"".padEnd(38)}      own    other   ratio`);
compare(
  "v4 | crypto.randomUUID",
  0.45,
  repeat(v4),
  repeat(() => crypto.randomUUID()),
);
compare(
  "v4 | npm uuid",
  undefined,
  repeat(v4),
  repeat(() => npm.v4()),
);
compare(
  "v5, namespace prepared | npm uuid",
  0.25,
  repeat((i) => v5(nameOf(i))),
  repeat((i) => npm.v5(nameOf(i), npm.v5.DNS)),
);
compare(
  "v3, namespace prepared | npm uuid",
  undefined,
  repeat((i) => v3(nameOf(i))),
  repeat((i) => npm.v3(nameOf(i), npm.v3.DNS)),
);
compare(
  "v7 | npm uuid",
  undefined,
  repeat(v7),
  repeat(() => npm.v7()),
);
compare("validation, all valid | npm uuid", 1, check(isUuid, valid), check(npm.validate, valid));
compare("validation, three of five invalid | npm", 1, check(isUuid, mixed), check(npm.validate, mixed));
if (sink < 0) throw new Error("nothing was made");
