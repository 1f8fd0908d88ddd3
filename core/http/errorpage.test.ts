import { describe, expect, test } from "vitest";
import { bareStatus, renderError } from "./errorpage.ts";

const id = "0123456789abcdef0123456789abcdef";

describe("an error page", () => {
  test("in JSON has message and request id", () => {
    const { contentType, body } = renderError("json", "no Route matched with those values", id);
    expect(contentType).toBe("application/json; charset=utf-8");
    expect(body).toBe(`{\n  "message":"no Route matched with those values",\n  "request_id":"${id}"\n}`);
  });

  test.each([
    ["json", '"say \\"hi\\" <b>"'],
    ["html", "<p>say &quot;hi&quot; &lt;b&gt;.</p>"],
    ["xml", "<message>say &quot;hi&quot; &lt;b&gt;</message>"],
    ["plain", 'say "hi" <b>\n'],
  ] as const)("in %s escapes the message for its format", (format, part) => {
    expect(renderError(format, 'say "hi" <b>', id).body).toContain(part);
  });
});

describe("a layout of the operator's own", () => {
  const told = (format: "json" | "html", template: string): string =>
    renderError(format, 'a "$&"', id, { [format]: template }).body;

  test("has message and request id where it says %s, and % where it says %%", () =>
    expect(told("html", "<b>%s</b> 100%% %s %s.")).toBe(`<b>a &quot;$&amp;&quot;</b> 100% ${id} .`));

  test("stays JSON whatever the message is", () =>
    expect(JSON.parse(told("json", '{"m":"%s","id":"%s"}'))).toEqual({ m: 'a "$&"', id }));
});

describe("a response that is a status alone", () => {
  test("is an HTML page for statuses that nginx has one for", () => {
    const bare = bareStatus(410);
    expect(typeof bare === "object" && bare.page.length).toBe(108);
  });

  test.each([400, 404, 503, 504])("is negotiated for %i", (status) =>
    expect(bareStatus(status)).toBe("negotiated"),
  );
  test.each([200, 204, 304, 418, 599])("stays empty for %i", (status) =>
    expect(bareStatus(status)).toBeUndefined(),
  );
});
