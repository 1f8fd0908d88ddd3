import { expect, test } from "vitest";
import { gatewayOn, oneRoute } from "../../../testing/index.ts";

type Written = [facility: number, severity: number, record: Record<string, unknown>];

const written = async (config: Record<string, unknown> = {}, status = 200): Promise<Written[]> => {
  const found: Written[] = [];
  const systemLog = {
    write: (facility: number, severity: number, message: string) =>
      void found.push([facility, severity, JSON.parse(message) as Record<string, unknown>]),
  };
  const all = gatewayOn(oneRoute([{ name: "syslog", config }]), { ports: { systemLog } });
  all.ports.transport.answer = () => ({ status });
  await all.client.send({ target: "/t" });
  return found;
};

test("each exchange is a message of facility user and severity info", async () => {
  const config = { custom_fields_by_lua: { x: "return 'y'" } };
  expect(await written(config)).toMatchObject([[1, 6, { x: "y", response: { status: 200 } }]]);
});

test.each([
  ["kern", 0],
  ["authpriv", 10],
  ["local7", 23],
])("the facility %s is number %d", async (facility, number) => {
  expect((await written({ facility }))[0]![0]).toBe(number);
});

test.each([
  ["successful_severity", 200, "debug", 7],
  ["client_errors_severity", 404, "warning", 4],
  ["server_errors_severity", 500, "emerg", 0],
])("%s tells the importance of %d", async (field, status, severity, number) => {
  expect((await written({ [field]: severity, log_level: "debug" }, status))[0]![1]).toBe(number);
});

test("what is less important than log_level is not written", async () => {
  expect(await written({ log_level: "err" })).toEqual([]);
});

test("a facility that nobody knows is refused", async () => {
  await expect(written({ facility: "LOCAL0" })).rejects.toThrow("expected one of: auth, ");
});

test("a platform without a system log refuses the configuration by name", () => {
  expect(() => gatewayOn(oneRoute([{ name: "syslog" }]))).toThrow("syslog: this platform has no system log");
});
