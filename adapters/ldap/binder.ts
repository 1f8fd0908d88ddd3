import { connect, isIP } from "node:net";
import type { Client, ResultCodeError } from "ldapts";
import type * as Library from "ldapts";
import type { Ldap, LdapServer } from "../../core/index.ts";

/**
 * Results by which a server says that it does not know such a user: confidentialityRequired, noSuchObject,
 * invalidDNSyntax, inappropriateAuthentication, invalidCredentials, insufficientAccessRights, unwillingToPerform.
 *
 * @see RFC 4511 Appendix A
 */
const refusals: ReadonlySet<number> = new Set([13, 32, 34, 48, 49, 50, 53]);

interface Idle {
  readonly client: Client;
  readonly timer: NodeJS.Timeout;
}

/** Connections to LDAP servers, kept for the next request. */
export class LdapBinder implements Ldap {
  private readonly idle = new Map<string, Idle[]>();
  private library: Promise<typeof Library> | undefined;

  async bind(server: LdapServer, dn: string, password: string): Promise<boolean> {
    const key = JSON.stringify(server);
    const kept = this.take(key);
    const client = kept ?? (await this.open(server));
    try {
      await client.bind(dn, password);
    } catch (error) {
      const { code } = error as Partial<ResultCodeError>;
      if (code !== undefined && refusals.has(code)) {
        this.keep(key, client, server.keepAliveMs);
        return false;
      }
      void client.unbind().catch(() => undefined);
      // The server may have closed what was kept.
      if (kept !== undefined && code === undefined) return this.bind(server, dn, password);
      throw error;
    }
    this.keep(key, client, server.keepAliveMs);
    return true;
  }

  /** Ends every connection that nobody uses. */
  async close(): Promise<void> {
    const all = [...this.idle.values()].flat();
    this.idle.clear();
    for (const { timer } of all) clearTimeout(timer);
    await Promise.all(all.map(({ client }) => client.unbind().catch(() => undefined)));
  }

  private async open({ host, port, security, isVerified, timeoutMs }: LdapServer): Promise<Client> {
    // Loaded here: only those pay for it who use it.
    const { Client } = await (this.library ??= import("ldapts"));
    const address = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
    const tlsOptions = { rejectUnauthorized: isVerified, ...(isIP(host) === 0 && { servername: host }) };
    let isUsed = false;
    const client = new Client({
      url: `${security === "tls" ? "ldaps" : "ldap"}://${address}:${port}`,
      timeout: timeoutMs,
      connectTimeout: timeoutMs,
      // Their mere presence means TLS from the first byte.
      ...(security === "tls" && { tlsOptions }),
      // A lost connection is not replaced behind our back: after StartTLS the password would go in plain text.
      createConnection: ((...given: Parameters<typeof connect>) => {
        if (isUsed) throw new Error("the connection was lost");
        isUsed = true;
        return connect(...given);
      }) as typeof connect,
    });
    if (security === "starttls") {
      try {
        await client.startTLS(tlsOptions);
      } catch (error) {
        void client.unbind().catch(() => undefined);
        throw error;
      }
    }
    return client;
  }

  private take(key: string): Client | undefined {
    const list = this.idle.get(key) ?? [];
    while (list.length > 0) {
      const { client, timer } = list.pop()!;
      clearTimeout(timer);
      if (client.isConnected) return client;
    }
    return undefined;
  }

  private keep(key: string, client: Client, keepAliveMs: number): void {
    if (keepAliveMs <= 0) {
      void client.unbind().catch(() => undefined);
      return;
    }
    const list = this.idle.get(key) ?? [];
    this.idle.set(key, list);
    const timer = setTimeout(() => {
      list.splice(list.indexOf(entry), 1);
      if (list.length === 0) this.idle.delete(key);
      void client.unbind().catch(() => undefined);
    }, keepAliveMs);
    timer.unref();
    const entry: Idle = { client, timer };
    list.push(entry);
  }
}
