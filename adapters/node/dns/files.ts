import { readFileSync, statSync } from "node:fs";

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // A host without the file is a host whose file is empty.
    return "";
  }
};

/** Changes with the file; empty while it can't be looked at. */
const markOf = (file: string): string => {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return "";
  }
};

export interface DnsFileOptions {
  /** Default `/etc/hosts`. */
  readonly hosts?: string;
  /** Default `/etc/resolv.conf`. */
  readonly resolvConf?: string;
  /** Milliseconds between two looks at the files. Default 2,000. Mounts tell no changes. */
  readonly intervalMs?: number;
}

/** The files that say how a host looks names up. */
export class DnsFiles {
  private readonly hosts: string;
  private readonly resolvConf: string;
  private readonly intervalMs: number;
  private marks = "";
  private timer: NodeJS.Timeout | undefined;

  constructor(options: DnsFileOptions = {}) {
    this.hosts = options.hosts ?? "/etc/hosts";
    this.resolvConf = options.resolvConf ?? "/etc/resolv.conf";
    this.intervalMs = options.intervalMs ?? 2000;
  }

  /** Their texts as they are now; empty for one that can't be read. */
  read(): { readonly hosts: string; readonly resolvConf: string } {
    // Before the texts: what changes meanwhile is seen at the next look.
    this.marks = this.mark();
    return { hosts: textOf(this.hosts), resolvConf: textOf(this.resolvConf) };
  }

  /** Calls `changed` while they are others than those read last, until {@link close}. Keeps no process alive. */
  watch(changed: () => void): void {
    this.close();
    this.timer = setInterval(() => {
      if (this.mark() !== this.marks) changed();
    }, this.intervalMs).unref();
  }

  private mark(): string {
    return `${markOf(this.hosts)} ${markOf(this.resolvConf)}`;
  }

  /** Harmless when called again. */
  close(): void {
    clearInterval(this.timer);
  }
}
