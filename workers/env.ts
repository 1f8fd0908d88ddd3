/** What wrangler.toml binds. */
export interface Env {
  /** Configuration: `current` names a version, `snap:<version>` holds it. */
  readonly CONFIG: KVNamespace;
  /** `debug` … `emerg`; default `notice`. */
  readonly LOG_LEVEL?: string;
}
