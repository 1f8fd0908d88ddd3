import { createServer } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { describeLdap } from "../../test/contracts/ldap.ts";
import { hasSlapd, startSlapd } from "../../test/support/slapd.ts";
import { LdapBinder } from "./index.ts";

describe.skipIf(!hasSlapd)("OpenLDAP's slapd", () => {
  describeLdap("ldapts", async () => {
    const slapd = await startSlapd();
    const ldap = new LdapBinder();
    return {
      ldap,
      server: (security) => ({
        host: "127.0.0.1",
        port: security === "tls" ? slapd.tlsPort : slapd.port,
      }),
      async close() {
        await ldap.close();
        await slapd.stop();
      },
    };
  });

  test("a connection that the server closed is replaced", async () => {
    const first = await startSlapd();
    const ldap = new LdapBinder();
    const server = {
      host: "127.0.0.1",
      port: first.port,
      security: "none",
      isVerified: false,
      timeoutMs: 5_000,
      keepAliveMs: 60_000,
    } as const;
    const ask = () => ldap.bind(server, "cn=ada,dc=example,dc=com", "open sesame");
    expect(await ask()).toBe(true);
    await first.stop();
    await expect(ask()).rejects.toThrow();
    await ldap.close();
  });
});

test("a server that says nothing is waited for as long as it was said", async () => {
  const server = createServer(() => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const ldap = new LdapBinder();
  const target = { host: "127.0.0.1", port, security: "none", isVerified: false, keepAliveMs: 0 } as const;
  await expect(ldap.bind({ ...target, timeoutMs: 20 }, "cn=x", "y")).rejects.toThrow();
  await ldap.close();
  server.close();
});
