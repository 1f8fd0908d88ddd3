import { cookieValue } from "../../http/cookie.ts";
import { httpDate } from "../../http/date.ts";
import type { Exchange } from "../../pdk/index.ts";
import type { Config } from "./schema.ts";

/** Bytes of name and value that browsers keep for sure. @see RFC 6265 §6.1 */
const maxBytes = 4096;
/** Cookies that one value may take. */
const maxParts = 9;
const gone = "; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0";

const nameOf = (name: string, part: number): string => (part === 1 ? name : `${name}${part}`);

/** A value in a cookie, or in several where one is too small. */
export class Cookie {
  readonly name: string;
  private readonly flags: string;

  constructor(name: string, config: Config) {
    this.name = name;
    const { cookie_domain: domain, cookie_path: path, cookie_same_site: sameSite } = config;
    const isSecure = config.cookie_secure !== false || sameSite === "None";
    this.flags = [
      domain === null || domain === "localhost" ? "" : `; Domain=${domain}`,
      `; Path=${path ?? "/"}; SameSite=${sameSite ?? "Strict"}`,
      isSecure ? "; Secure" : "",
      config.cookie_http_only === false ? "" : "; HttpOnly",
    ].join("");
  }

  read({ request }: Exchange): string | undefined {
    const field = request.headers.getAll("cookie").join("; ");
    let value = cookieValue(field, this.name);
    if (value === undefined) return undefined;
    for (let part = 2; part <= maxParts; part++) {
      const more = cookieValue(field, nameOf(this.name, part));
      if (more === undefined) break;
      value += more;
    }
    return value;
  }

  /** How many cookies a request's value takes. */
  private parts({ request }: Exchange): number {
    const field = request.headers.getAll("cookie").join("; ");
    let parts = 0;
    while (parts < maxParts && cookieValue(field, nameOf(this.name, parts + 1)) !== undefined) parts++;
    return parts;
  }

  /**
   * Fields that give a client the value.
   *
   * @param untilMs When it ends; undefined for the end of the browser.
   * @throws RangeError for a value that takes more than 9 cookies.
   */
  write(exchange: Exchange, value: string, nowMs: number, untilMs: number | undefined): string[] {
    const age = untilMs === undefined ? 0 : Math.max(0, Math.ceil((untilMs - nowMs) / 1000));
    const life = untilMs === undefined ? "" : `; Expires=${httpDate(untilMs)}; Max-Age=${age}`;
    const size = maxBytes - this.name.length - 2;
    const count = Math.ceil(value.length / size);
    if (count > maxParts) throw new RangeError("the session is too large for cookies");
    const lines = Array.from({ length: count }, (_, i) => {
      const piece = value.slice(i * size, (i + 1) * size);
      return `${nameOf(this.name, i + 1)}=${piece}${this.flags}${life}`;
    });
    return [...lines, ...this.without(exchange, count)];
  }

  /** Fields that take away what the client has. */
  clear(exchange: Exchange): string[] {
    return this.without(exchange, 0);
  }

  private without(exchange: Exchange, kept: number): string[] {
    const had = this.parts(exchange);
    const lines: string[] = [];
    for (let part = kept + 1; part <= had; part++)
      lines.push(`${nameOf(this.name, part)}=${this.flags}${gone}`);
    return lines;
  }
}
