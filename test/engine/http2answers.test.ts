import { describe, expect, it } from "vitest";
import {
  CANCEL,
  CONTINUATION,
  END_HEADERS,
  HEADERS,
  NO_ERROR,
  PING,
  SETTING,
  pingFrame,
  resetFrame,
  settingsFrame,
  windowFrame,
} from "../../adapters/node/http2/frame.ts";
import { connect, download, started } from "./http2rig.ts";
import { Rig, always } from "./rig.ts";

describe("an answer on an HTTP/2 stream", () => {
  it("stays within the window of its stream, and goes on when it grows", async () => {
    const client = await connect(download(100_000), {}, [SETTING.initialWindowSize, 1_000]);
    client.ask(1);
    await Rig.eventually(() => client.received(1) === 1_000);
    client.send(windowFrame(1, 70_000));
    // The connection's window has 65,535 bytes.
    await Rig.eventually(() => client.received(1) === 65_535);
    client.send(windowFrame(0, 100_000));
    await Rig.eventually(() => client.received(1) === 71_000);
    client.send(windowFrame(1, 100_000));
    await Rig.eventually(() => client.received(1) === 100_000);
    expect(client.frames.at(-1)?.flags).toBe(1);
  });

  it("waits while a window is below zero", async () => {
    const client = await connect(download(5_000), {}, [SETTING.initialWindowSize, 1_000]);
    client.ask(1);
    await Rig.eventually(() => client.received(1) === 1_000);
    client.send(
      settingsFrame([SETTING.initialWindowSize, 0]) + windowFrame(1, 1_000) + pingFrame(0, "so far??"),
    );
    await Rig.eventually(() => client.of(0, PING).length === 1);
    expect(client.received(1)).toBe(1_000);
    client.send(windowFrame(1, 5_000));
    await Rig.eventually(() => client.received(1) === 5_000);
  });

  it("ends while its window is below zero", async () => {
    const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n";
    const client = await connect(
      (raw) => void raw.until(/\r\n\r\n/).then(() => raw.send(`${chunked}${"d".repeat(1_000)}\r\n`)),
      {},
      [SETTING.initialWindowSize, 1_000],
    );
    client.ask(1);
    await Rig.eventually(() => client.received(1) === 1_000);
    client.send(settingsFrame([SETTING.initialWindowSize, 0]) + pingFrame(0, "below 0?"));
    await Rig.eventually(() => client.of(0, PING).length === 1);
    started().connections[0]!.send("0\r\n\r\n");
    await Rig.eventually(() => client.frames.at(-1)?.streamId === 1 && client.frames.at(-1)?.flags === 1);
    expect(client.received(1)).toBe(1_000);
  });

  it("that stalls does not hold up another", async () => {
    const client = await connect(download(30_000), {}, [SETTING.initialWindowSize, 100]);
    client.ask(1).ask(3);
    await Rig.eventually(() => client.received(1) === 100 && client.received(3) === 100);
    client.send(windowFrame(3, 30_000));
    await Rig.eventually(() => client.received(3) === 30_000);
    client.send(resetFrame(1, CANCEL));
    await Rig.eventually(() => started().events.includes("aborted"));
  });

  it("that nobody takes in time is reset", async () => {
    const limits = { sendTimeoutMs: 60 };
    const client = await connect(download(30_000), { limits }, [SETTING.initialWindowSize, 100]);
    client.ask(1);
    await Rig.eventually(() => client.code(1) === CANCEL);
  });

  it("comes in frames no larger than agreed, a large head in several", async () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${"X-Large: ".padEnd(8_000, "é")}\r\n`;
    const fields = Array.from({ length: 5 }, (_, i) => `X-Large-${i}: ${"\xff".repeat(7_000)}\r\n`).join("");
    const client = await connect(always(`${head}${fields}\r\n`));
    client.ask(1);
    await Rig.eventually(() => client.of(1, CONTINUATION).some(({ flags }) => flags === END_HEADERS));
    expect(client.of(1, HEADERS)[0]!.payload).toHaveLength(16_384);
  });

  it("ends a request whose body is not complete with NO_ERROR", async () => {
    const client = await connect();
    client.ask(1, { method: "POST", ends: false });
    await Rig.eventually(() => client.code(1) === NO_ERROR);
    expect(client.status(1)).toBe("200");
    // What was on its way by then is nothing to complain about.
    client.data(1, "late", true).ask(3);
    await Rig.eventually(() => client.status(3) === "200");
  });
});
