import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CommandError } from "./failure.ts";
import { say } from "./output.ts";

const camel = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** A line that begins with it would be taken for one of this file. */
const keyword = "import";

const source = (name: string): string => `${keyword} { definePlugin, record, string } from "sallyport";

const config = record({
  header: string({ default: "X-${name}", doc: "The field that the response gets." }),
  value: string({ required: true, doc: "Its value." }),
});

/** Adds a field to every response. */
export const plugin = definePlugin({
  name: "${name}",
  // The greater, the earlier: key-auth has 1250, rate-limiting 910.
  priority: 800,
  config,
  // Runs when the configuration changes: the place for slow work.
  create({ header, value }) {
    return {
      headerFilter(exchange) {
        exchange.response.headers.set(header, value);
      },
    };
  },
});
`;

const testSource = (name: string): string => `${keyword} { gatewayOn, oneRoute } from "sallyport/testing";
${keyword} { expect, test } from "vitest";
import { plugin } from "./index.ts";

test("${camel(name)} adds its field to every response", async () => {
  const document = oneRoute([{ name: "${name}", config: { value: "hello" } }]);
  const { client, upstream } = gatewayOn(document, { extraPlugins: [plugin] });
  const response = await client.send({ target: "/t" });
  expect([response.status, response.headers.get("X-${name}")]).toEqual([200, "hello"]);
  expect(upstream.sent).toHaveLength(1);
});
`;

/** `sallyport plugin new <name>`: a folder with a plugin that works, and its test. */
export const newPlugin = (name: string): void => {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new CommandError(`'${name}' is no name of a plugin: small letters, digits and hyphens`);
  const folder = path.resolve(name);
  if (existsSync(folder)) throw new CommandError(`${folder} already exists.\nWill not overwrite it.`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "index.ts"), source(name), { flag: "wx" });
  writeFileSync(path.join(folder, "index.test.ts"), testSource(name), { flag: "wx" });
  say(`${name}/index.ts and ${name}/index.test.ts are written. Go on with:`);
  say(`  sallyport test ${name}`);
  say(`  sallyport dev kong.yml --plugin ./${name}`);
};
