import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ldap, LdapServer } from "../../core/index.ts";

export interface LdapUnderTest {
  readonly ldap: Ldap;
  /** A server that knows `cn=ada,dc=example,dc=com` with the password `open sesame`, by a certificate nobody signed. */
  server(security: LdapServer["security"]): Pick<LdapServer, "host" | "port">;
  close(): Promise<void>;
}

/** The promises of {@link Ldap}. */
export const describeLdap = (name: string, open: () => Promise<LdapUnderTest>): void => {
  describe(`ldap: ${name}`, () => {
    let world: LdapUnderTest;
    beforeAll(async () => void (world = await open()));
    afterAll(() => world?.close());

    const ada = "cn=ada,dc=example,dc=com";
    const at = (security: LdapServer["security"], more: Partial<LdapServer> = {}): LdapServer => ({
      ...world.server(security),
      security,
      isVerified: false,
      timeoutMs: 5_000,
      keepAliveMs: 10_000,
      ...more,
    });

    describe.each(["none", "tls", "starttls"] as const)("with security %s", (security) => {
      test("the right password is accepted, a wrong one and an unknown name are not", async () => {
        const server = at(security);
        for (let i = 0; i < 2; i++) {
          expect(await world.ldap.bind(server, ada, "open sesame")).toBe(true);
          expect(await world.ldap.bind(server, ada, "wrong")).toBe(false);
        }
        expect(await world.ldap.bind(server, "cn=x,dc=example,dc=com", "x")).toBe(false);
        expect(await world.ldap.bind(server, "no name", "x")).toBe(false);
      });

      test("many at once, and without keeping connections", async () => {
        const server = at(security, { keepAliveMs: 0 });
        const answers = await Promise.all(
          Array.from({ length: 6 }, (_, i) => world.ldap.bind(server, ada, i % 2 ? "x" : "open sesame")),
        );
        expect(answers).toEqual([true, false, true, false, true, false]);
      });
    });

    test.each(["tls", "starttls"] as const)(
      "%s verifies the certificate where that is asked for",
      async (how) => {
        await expect(world.ldap.bind(at(how, { isVerified: true }), ada, "open sesame")).rejects.toThrow();
      },
    );

    test("a server that can't be reached is an error", async () => {
      await expect(world.ldap.bind(at("none", { port: 1 }), ada, "open sesame")).rejects.toThrow();
    });
  });
};
