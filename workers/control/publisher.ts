import type { PublishedConfiguration } from "../../adapters/cloudflare/index.ts";

export interface PublisherOptions {
  /** The newest configuration. */
  readonly read: () => Promise<PublishedConfiguration>;
  readonly publish: (configuration: PublishedConfiguration) => Promise<void>;
}

/** Publishes what is committed: one pass at a time, and one for all who came while another was under way. */
export class Publisher {
  private readonly options: PublisherOptions;
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(options: PublisherOptions) {
    this.options = options;
  }

  /** When it settles, what was committed before the call is published. @throws What publishing throws. */
  publish(): Promise<void> {
    if (this.running === undefined) {
      this.running = this.pass().finally(() => (this.running = undefined));
      return this.running;
    }
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.publish();
      });
    return this.next;
  }

  private async pass(): Promise<void> {
    await this.options.publish(await this.options.read());
  }
}
