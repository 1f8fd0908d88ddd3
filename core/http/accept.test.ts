import { expect, test } from "vitest";
import { negotiate } from "./accept.ts";

test.each([
  ["application/json", "json"],
  ["*/*", "json"],
  ["application/*", "json"],
  ["text/html", "html"],
  ["text/*", "plain"],
  ["text/plain", "plain"],
  ["application/xml", "xml"],
  ["application/grpc", "grpc"],
  ["text/html; charset=utf-8", "html"],
  ["text/html, application/json", "html"],
  ["application/json;q=0.5, text/html", "html"],
  ["text/html;q=0.1, application/xml;q=0.2, text/plain;q=0.3", "plain"],
  ["text/html;q=1.0;level=1", "html"],
  ["*/*;q=0.8, text/html;q=0.2", "json"],
  ["image/png, text/html;q=0.1", "html"],
])("Accept %j is answered with %s", (accept, format) => {
  expect(negotiate(accept)).toBe(format);
});

test.each(["", "garbage", "image/png", "text/xml", "TEXT/HTML", "application/json;q=0, text/html;q=0"])(
  "Accept %j names nothing that can be produced",
  (accept) => {
    expect(negotiate(accept)).toBeUndefined();
  },
);
