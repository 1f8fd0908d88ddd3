import { readFileSync, unwatchFile, watchFile } from "node:fs";

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // A host without the file is a host whose file is empty.
    return "";
  }
};

export interface DnsFileOptions {
  /** Default `/etc/hosts`. */
  readonly hosts?: string;
  /** Default `/etc/resolv.conf`. */
  readonly resolvConf?: string;
  /** Milliseconds between two looks at the files. Default 2,000. They are looked at: mounts tell no changes. */
  readonly intervalMs?: number;
}

/** The files that say how a host looks names up. */
export class DnsFiles {
  private readonly hosts: string;
  private readonly resolvConf: string;
  private readonly intervalMs: number;
  private changed: (() => void) | undefined;

  constructor(options: DnsFileOptions = {}) {
    this.hosts = options.hosts ?? "/etc/hosts";
    this.resolvConf = options.resolvConf ?? "/etc/resolv.conf";
    this.intervalMs = options.intervalMs ?? 2000;
  }

  /** Their texts as they are now; empty for one that can't be read. */
  read(): { readonly hosts: string; readonly resolvConf: string } {
    return { hosts: textOf(this.hosts), resolvConf: textOf(this.resolvConf) };
  }

  /** Calls `changed` after each change of one of them, until {@link close}. Keeps no process alive. */
  watch(changed: () => void): void {
    this.close();
    this.changed = changed;
    for (const file of [this.hosts, this.resolvConf])
      watchFile(file, { interval: this.intervalMs, persistent: false }, changed);
  }

  /** Harmless when called again. */
  close(): void {
    if (this.changed === undefined) return;
    unwatchFile(this.hosts, this.changed);
    unwatchFile(this.resolvConf, this.changed);
    this.changed = undefined;
  }
}
