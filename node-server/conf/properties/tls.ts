import { type Property, unused } from "../property.ts";

export const tls = {
  ssl_cert: {
    type: "paths",
    default: "",
    doc: "PEM file of the default certificate; self-signed when empty. Several, with commas between, for several algorithms.",
  },
  ssl_cert_key: { type: "paths", default: "", doc: "PEM file of its key." },
  admin_ssl_cert: { type: "paths", default: "", doc: "As `ssl_cert`, for the Admin API." },
  admin_ssl_cert_key: { type: "paths", default: "", doc: "As `ssl_cert_key`, for the Admin API." },
  status_ssl_cert: { type: "paths", default: "", doc: "As `ssl_cert`, for the Status API." },
  status_ssl_cert_key: { type: "paths", default: "", doc: "As `ssl_cert_key`, for the Status API." },
  ssl_cipher_suite: {
    type: "string",
    default: "intermediate",
    oneOf: ["modern", "intermediate", "old", "fips", "custom"],
    doc: "Protocols and ciphers for TLS clients, as Mozilla recommends them; `custom` for those of the next four.",
  },
  ssl_ciphers: { type: "string", default: "", doc: "Ciphers of `custom`, in OpenSSL's form." },
  ssl_protocols: {
    type: "string",
    default: "TLSv1.2 TLSv1.3",
    doc: "Protocols of `custom`, with spaces between.",
  },
  ssl_prefer_server_ciphers: {
    type: "boolean",
    default: "on",
    doc: "Whether the order of `custom` goes before the client's.",
  },
  ssl_dhparam: {
    type: "string",
    default: "",
    doc: "File of the Diffie-Hellman parameters of `custom`; OpenSSL's own when empty.",
  },
  ssl_session_tickets: {
    type: "boolean",
    default: "on",
    doc: "Whether clients resume sessions by tickets, on any worker.",
  },
  ssl_session_timeout: { type: "time", default: "1d", doc: "How long a session can be resumed." },
  ...unused("sessions are resumed by tickets, which need no cache", { ssl_session_cache_size: "10m" }),
  ...unused("give the service a client_certificate", {
    client_ssl: false,
    client_ssl_cert: "",
    client_ssl_cert_key: "",
  }),
} as const satisfies Record<string, Property>;
