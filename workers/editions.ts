import { isNewer, type KvConfigurations, type PublishedConfiguration } from "../adapters/cloudflare/index.ts";
import type { Logger, Tables } from "../core/index.ts";

/** What an isolate asks of the control plane, where there is one. */
export interface ControlLink {
  /** The newest configuration, when it is newer than the one that is known. */
  newest(known: string | undefined): Promise<PublishedConfiguration | undefined>;
}

export interface EditionOptions {
  readonly published: KvConfigurations;
  readonly control: ControlLink | undefined;
  /** Serves while nothing is published. */
  readonly bundled: Tables | undefined;
  readonly logger: Logger;
  /** Swaps a configuration in as a whole. @throws Error when it is refused; the old one stays. */
  readonly apply: (tables: Tables) => void;
}

/**
 * Which configuration an isolate serves. It only ever goes forward: once a version was seen, none before it is taken,
 * however old what KV shows is.
 */
export class Editions {
  private readonly options: EditionOptions;
  private current: string | undefined;
  private hasBundled = false;
  /** A version that was told but could not be had yet. */
  private awaited: string | undefined;

  constructor(options: EditionOptions) {
    this.options = options;
  }

  /** The version that is served; undefined while it is the bundled one, or none. */
  get version(): string | undefined {
    return this.current;
  }

  /** Whether there is something to serve. */
  get isReady(): boolean {
    return this.current !== undefined || this.hasBundled;
  }

  /** The first configuration: one read of KV; the control plane is asked only where KV fails or has nothing. */
  async begin(): Promise<void> {
    const { published, control, bundled } = this.options;
    const found =
      (await this.attempt("the configuration can't be read from KV", () => published.newest())) ??
      (await this.attempt("the control plane does not answer", () => control?.newest(undefined)));
    if (found !== undefined) this.swap(found);
    if (this.isReady || bundled === undefined) return;
    this.options.apply(bundled);
    this.hasBundled = true;
  }

  /** A version was told: KV may not show it for a minute, then the control plane has it. */
  async take(version: string): Promise<void> {
    if (!isNewer(version, this.current)) return;
    const { published, control } = this.options;
    this.awaited = version;
    const found =
      (await this.attempt("a version can't be read from KV", () => published.find(version))) ??
      (await this.attempt("the control plane does not answer", () => control?.newest(this.current)));
    if (found !== undefined) this.swap(found);
  }

  /** Looks whether there is a newer one. */
  async refresh(): Promise<void> {
    if (this.awaited !== undefined) return this.take(this.awaited);
    const { published } = this.options;
    const read = () => published.newest(this.current);
    const found = await this.attempt("the configuration can't be read from KV", read);
    if (found !== undefined) this.swap(found);
  }

  /** The same, but the control plane says which is the newest: for who may have missed what was told. */
  async catchUp(): Promise<void> {
    const { control } = this.options;
    if (control === undefined) return this.refresh();
    const ask = () => control.newest(this.current);
    const found = await this.attempt("the control plane does not answer", ask);
    if (found !== undefined) this.swap(found);
  }

  private async attempt<T>(failure: string, work: () => Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.options.logger.log("error", failure, { error });
      return undefined;
    }
  }

  private swap({ version, text }: PublishedConfiguration): void {
    // What was asked for earlier may come later.
    if (!isNewer(version, this.current)) return;
    if (this.awaited !== undefined && !isNewer(this.awaited, version)) this.awaited = undefined;
    try {
      this.options.apply(JSON.parse(text) as Tables);
      this.current = version;
    } catch (error) {
      this.options.logger.log("error", `configuration ${version} is refused, the old one stays`, { error });
      // Asked for again it would be refused again: only a newer one is worth a try.
      if (this.current !== undefined) this.current = version;
    }
  }
}
