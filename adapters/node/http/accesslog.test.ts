import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { AccessLog, type AccessRecord, accessLine } from "./accesslog.ts";

const record: AccessRecord = {
  remoteAddress: "192.0.2.1",
  remoteUser: undefined,
  receivedAtMs: new Date(2026, 10, 3, 4, 5, 6).getTime(),
  method: "GET",
  target: "/a?b",
  httpVersion: "1.1",
  status: 200,
  bodyBytesSent: 107,
  referer: undefined,
  userAgent: "wrk",
  requestId: "0123",
};

describe("a line of the access log", () => {
  it("is nginx's combined format with the request's id", () => {
    expect(accessLine(record)).toMatch(
      /^192\.0\.2\.1 - - \[03\/Nov\/2026:04:05:06 [+-]\d{4}\] "GET \/a\?b HTTP\/1\.1" 200 107 "-" "wrk" kong_request_id: "0123"\n$/,
    );
  });

  it("holds whatever a client sends within its quotation", () => {
    expect(accessLine({ ...record, userAgent: 'a"b\\c\r\n\x7f\xe9' })).toContain(
      '"a\\x22b\\x5Cc\\x0D\\x0A\\x7F\\xE9"',
    );
    expect(accessLine({ ...record, remoteUser: "\u010a" })).toContain(" - \\xC4\\x8A [");
  });
});

describe("an access log", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "access-"));
  const file = path.join(folder, "access.log");
  afterEach(() => rmSync(file, { force: true }));

  it("writes every line, in order, and closes twice", async () => {
    const log = new AccessLog(file);
    for (let i = 0; i < 2_000; i++) log.write({ ...record, status: i });
    await log.close();
    await log.close();
    expect(
      readFileSync(file, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => Number(/" (\d+) 107/.exec(line)?.[1])),
    ).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
  });

  it("goes on in a new file after the old one was moved", async () => {
    const log = new AccessLog(file);
    log.write(record);
    await new Promise((resolve) => setTimeout(resolve, 20));
    renameSync(file, `${file}.1`);
    log.reopen();
    log.write({ ...record, status: 404 });
    await log.close();
    expect(readFileSync(`${file}.1`, "utf8")).toContain('" 200 107');
    expect(readFileSync(file, "utf8")).toContain('" 404 107');
  });
});
