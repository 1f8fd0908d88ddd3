/** What wrangler.toml binds. */
export interface Env {
  /** Configuration: `current` names a version, `snap:<version>` holds it. */
  readonly CONFIG: KVNamespace;
  /** `quickstart`: serve the bundled example while nothing was published. */
  readonly BUNDLED?: string;
  /** `debug` … `emerg`; default `notice`. */
  readonly LOG_LEVEL?: string;
}
