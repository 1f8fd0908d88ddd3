import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { memoryDns } from "../../../test/support/dns.ts";
import { MemoryRandom } from "../../memory/index.ts";
import { readSettings } from "../../../core/index.ts";
import { DnsFiles } from "./files.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sallyport-hosts-"));
const [hosts, resolvConf] = ["hosts", "resolv.conf"].map((name) => path.join(folder, name)) as [
  string,
  string,
];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("files that change are followed, written anew or put in their place", async () => {
  writeFileSync(hosts, "10.0.0.1 db\n");
  writeFileSync(resolvConf, "search a.test\n");
  const files = new DnsFiles({ hosts, resolvConf, intervalMs: 20 });
  const { client, servers } = memoryDns();
  const read = (): void => client.configure(readSettings(files.read(), servers, new MemoryRandom()));
  read();
  files.watch(read);
  expect(client.toip("db", 1)).toEqual({ host: "10.0.0.1", port: 1 });
  writeFileSync(hosts, "10.0.0.22 db\n");
  await expect.poll(() => client.toip("db", 1), { timeout: 10_000 }).toEqual({ host: "10.0.0.22", port: 1 });
  writeFileSync(`${hosts}.new`, "10.0.0.333 db\n10.0.0.3 db\n");
  renameSync(`${hosts}.new`, hosts);
  await expect.poll(() => client.toip("db", 1), { timeout: 10_000 }).toEqual({ host: "10.0.0.3", port: 1 });
  files.close();
  files.close();
});

test("a host without the files has none", () => {
  const files = new DnsFiles({ hosts: path.join(folder, "no"), resolvConf: path.join(folder, "nor") });
  expect(files.read()).toEqual({ hosts: "", resolvConf: "" });
});
