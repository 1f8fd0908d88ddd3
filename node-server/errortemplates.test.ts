import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { startDaemon } from "../test/support/daemon.ts";
import { ConfError, loadConf } from "./conf/load.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-templates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
};

test("errors have the operator's layout in the form that it was given for", async () => {
  const daemon = await startDaemon({
    conf: { error_template_json: file("e.json", '{"code":"GW","text":"%s","id":"%s"}') },
  });
  const ask = (accept: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${daemon.proxyPort}/`, { headers: { Accept: accept } });
  const json = await ask("application/json");
  expect(await json.json()).toEqual({
    code: "GW",
    text: "no Route matched with those values",
    id: json.headers.get("x-kong-request-id"),
  });
  expect(await (await ask("text/plain")).text()).toContain("\nrequest_id: ");
  await daemon.stop();
});

test.each([
  ["is not there", path.join(folder, "absent"), /error_template_html: can't read /],
  ["has a third place", file("three", "%s %s %s"), /error_template_html: a template has/],
  ["has a bare percent sign", file("percent", "100% %s"), /error_template_html: a template has/],
])("a layout that %s is a problem of the configuration", (_, at, problem) => {
  expect(() => loadConf({ file: undefined, environment: { SALLYPORT_ERROR_TEMPLATE_HTML: at } })).toThrow(
    expect.objectContaining({ message: expect.stringMatching(problem) as string }) as ConfError,
  );
});
