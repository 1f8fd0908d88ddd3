import { boolean, number, record, set, string } from "../../schema/index.ts";
import type { Field, Infer, Shorthand } from "../../schema/index.ts";
import type { PluginDeclaration } from "../../pdk/index.ts";
import { sessions } from "./entity.ts";

const facts = [
  "id",
  "audience",
  "subject",
  "timeout",
  "idling-timeout",
  "rolling-timeout",
  "absolute-timeout",
] as const;

const seconds = (value: number, doc: string) => number({ default: value, doc });
const told = (doc: string) => set(string({ one_of: facts }), { doc });

/** What a field was called once. */
const old = (field: Field, expand: (value: unknown) => Record<string, unknown>): Shorthand => ({
  field,
  expand,
});

export const config = record(
  {
    secret: string({
      required: false,
      auto: true,
      encrypted: true,
      referenceable: true,
      doc: "What sessions are encrypted with. Made when absent: sessions then end with the configuration.",
    }),
    storage: string({
      default: "cookie",
      one_of: ["cookie", "kong"],
      doc: "Where a session's content is: encrypted in the cookie, or encrypted in the database.",
    }),
    audience: string({
      default: "default",
      doc: "For whom the session is. Audiences that share cookie and secret share one cookie.",
    }),
    idling_timeout: seconds(900, "Seconds without a request after which a session ends; 0 for never."),
    rolling_timeout: seconds(3600, "Seconds after which a session gets another id; 0 for never."),
    absolute_timeout: seconds(86_400, "Seconds after which a session ends in any case; 0 for never."),
    stale_ttl: seconds(10, "Seconds that a session's old id is good for (storage `kong`)."),
    cookie_name: string({ default: "session", doc: "The cookie's name." }),
    cookie_path: string({ default: "/", doc: "The cookie's path." }),
    cookie_domain: string({ doc: "The cookie's domain; the host alone when absent." }),
    cookie_same_site: string({
      default: "Strict",
      one_of: ["Strict", "Lax", "None", "Default"],
      doc: "Whether requests of other sites carry the cookie.",
    }),
    cookie_http_only: boolean({ default: true, doc: "Keep the cookie from scripts." }),
    cookie_secure: boolean({ default: true, doc: "Send the cookie by TLS only." }),
    remember: boolean({ default: false, doc: "Let sessions outlive the browser, by a second cookie." }),
    remember_cookie_name: string({ default: "remember", doc: "The second cookie's name." }),
    remember_rolling_timeout: seconds(604_800, "Seconds that the second cookie is good for."),
    remember_absolute_timeout: seconds(2_592_000, "Seconds after which it ends in any case."),
    response_headers: told("What clients are told of the session, as `Session-*`."),
    request_headers: told("What the upstream is told of the session, as `Session-*`."),
    read_body_for_logout: boolean({ default: false, doc: "Look for a logout in the body, too." }),
    logout_methods: set(string({ one_of: ["GET", "POST", "DELETE"] }), {
      default: ["POST", "DELETE"],
      doc: "Methods that a logout may have.",
    }),
    logout_query_arg: string({ default: "session_logout", doc: "The argument that makes it a logout." }),
    logout_post_arg: string({ default: "session_logout", doc: "The same in the body." }),
  },
  {
    required: true,
    shorthands: {
      cookie_lifetime: old(number(), (value) => ({ rolling_timeout: value })),
      cookie_idletime: old(number(), (value) => ({ idling_timeout: value ?? 0 })),
      cookie_renew: old(number(), () => ({})),
      cookie_discard: old(number(), (value) => ({ stale_ttl: value })),
      cookie_samesite: old(string(), (value) => ({ cookie_same_site: value === "off" ? "Lax" : value })),
      cookie_httponly: old(boolean(), (value) => ({ cookie_http_only: value })),
      cookie_persistent: old(boolean(), (value) => ({ remember: value })),
    },
  },
);

export type Config = Infer<typeof config>;
export type Told = (typeof facts)[number];

export const schema = {
  name: "session",
  entities: [sessions],
  priority: 1900,
  needs: (config) => ((config as Config).storage === "kong" ? "writes" : undefined),
  config,
  noConsumer: true,
} satisfies PluginDeclaration;
