/** The parts of a URL that say where a request goes; undefined where the text does not say. */
export interface UrlParts {
  readonly scheme: string | undefined;
  /** Without brackets around IPv6. */
  readonly host: string | undefined;
  /** As written, perhaps no number. */
  readonly port: string | undefined;
  /** Without parameters, query and fragment. */
  readonly path: string | undefined;
}

const parts = /^(?:([A-Za-z0-9][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#;]*))?([^?#;]*)/;

/** Takes a URL or a part of one apart. Every text is taken: what is no scheme and no host is a path. */
export function splitUrl(url: string): UrlParts {
  const [, scheme, authority = "", path = ""] = parts.exec(url)!;
  const [, host = "", port] = /^(.*?)(?::([^:\]]*))?$/.exec(authority.replace(/^[^@]*@/, ""))!;
  return { scheme, host: host.replace(/^\[(.+)\]$/, "$1") || undefined, port, path: path || undefined };
}
