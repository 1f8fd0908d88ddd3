import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryClock, MemoryLogger } from "../memory/index.ts";
import { LoggerCommand } from "./index.ts";

const has = (command: string, option: string): boolean => {
  try {
    execFileSync(command, [option], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(!has("logger", "--version") || !has("socat", "-V"))("the system's log by logger(1)", () => {
  let socket: string;
  let folder: string;
  const ends: (() => void)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "sallyport-syslog-"));
    socket = path.join(folder, "log");
  });
  afterEach(() => {
    for (const end of ends.splice(0)) end();
    rmSync(folder, { recursive: true });
  });

  const until = async (holds: () => boolean): Promise<void> => {
    await expect.poll(holds, { timeout: 10_000, interval: 5 }).toBe(true);
  };

  /** What a log on the socket gets. */
  const listen = async (): Promise<{ text: () => string; child: ChildProcess }> => {
    rmSync(socket, { force: true });
    const child = spawn("socat", ["-u", "-b", "262144", `UNIX-RECV:${socket}`, "-"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    ends.push(() => child.kill());
    let text = "";
    child.stdout.on("data", (bytes: Buffer) => (text += String(bytes)));
    await until(() => existsSync(socket));
    return { text: () => text, child };
  };

  const open = () => {
    const logger = new MemoryLogger();
    const clock = new MemoryClock();
    const log = new LoggerCommand(logger, clock, { socket });
    ends.push(() => void log.close());
    return { log, clock, told: () => logger.records.map(({ message }) => message).join("\n") };
  };

  test("messages arrive with their facility, severity and who writes them", async () => {
    const { text } = await listen();
    const { log } = open();
    log.write(16, 6, '{"a":1}');
    log.write(1, 0, '{"b":"é"}');
    await until(() => text().includes("é"));
    expect(text()).toMatch(
      /^<134>\w{3} [ \d]\d \d\d:\d\d:\d\d kong: \{"a":1\}<8>\w{3} [ \d]\d \d\d:\d\d:\d\d kong: \{"b":"é"\}$/,
    );
  });

  test("a message of 100 KB arrives whole", async () => {
    const { text } = await listen();
    open().log.write(1, 6, "x".repeat(100_000));
    await until(() => text().length > 100_000);
    expect(text().endsWith("x".repeat(100_000))).toBe(true);
  });

  test("what was written before the end arrives", async () => {
    const { text } = await listen();
    const { log } = open();
    for (let i = 0; i < 300; i++) log.write(1, 6, "x".repeat(10_000));
    await log.close();
    await log.close();
    await until(() => text().length > 3_000_000);
  });

  test("a log that is restarted is found again", async () => {
    const first = await listen();
    const { log, clock, told } = open();
    log.write(1, 6, "one");
    await until(() => first.text().includes("one"));
    first.child.kill();
    await once(first.child, "exit");
    log.write(1, 6, "nobody");
    await until(() => told() !== "");
    const second = await listen();
    clock.advance(1_000);
    await until(() => {
      log.write(1, 6, "two");
      return second.text().includes("two");
    });
  });

  test("a log that is not there is told, and looked for a second later", async () => {
    const { log, clock, told } = open();
    log.write(1, 6, "early");
    await until(() => told().includes("can't be written"));
    const { text } = await listen();
    log.write(1, 6, "in the pause");
    clock.advance(1_000);
    log.write(1, 6, "late");
    await until(() => text().includes("late"));
    expect(text()).not.toContain("pause");
    expect(told()).toContain("1 messages for the system's log are lost");
  });

  test("what the log does not take in time is lost, and counted", async () => {
    const { child, text } = await listen();
    child.kill("SIGSTOP");
    const { log, told } = open();
    const message = "x".repeat(100_000);
    for (let i = 0; i < 100; i++) log.write(1, 6, message);
    child.kill("SIGCONT");
    await until(() => text().length > 3_000_000);
    await until(() => {
      log.write(1, 6, "after");
      return told().includes("are lost");
    });
  });
});

test("a system without the command is told so", async () => {
  const { PATH } = process.env;
  process.env["PATH"] = "/nowhere";
  const logger = new MemoryLogger();
  try {
    new LoggerCommand(logger, new MemoryClock()).write(1, 6, "x");
    await expect.poll(() => logger.records.map(({ message }) => message).join()).toContain("ENOENT");
  } finally {
    process.env["PATH"] = PATH;
  }
});
