import { joinBytes } from "../../http/bodies.ts";
import type { Exchange } from "../exchange.ts";

const key = Symbol("functions.body");
const encoder = new TextEncoder();

/** A piece of a response's body, as a function sees it. */
export class BodyPiece {
  /** Everything that was held back so far, this piece included. */
  private held: Uint8Array[];
  private readonly isLast: boolean;
  private isHolding: boolean;
  private replacement: Uint8Array | undefined;

  constructor(exchange: Exchange, chunk: Uint8Array, isLast: boolean) {
    const before = exchange.shared.get(key) as Uint8Array[] | undefined;
    this.isHolding = before !== undefined;
    this.held = [...(before ?? []), chunk];
    this.isLast = isLast;
  }

  /** `kong.response.getRawBody`: holds the body back until all of it is there. */
  read(): string | undefined {
    this.isHolding = true;
    return this.isLast ? new TextDecoder().decode(joinBytes(this.held)) : undefined;
  }

  /** `kong.response.setRawBody`: takes the place of the piece, or of everything that was held back. */
  replace(body: unknown): void {
    this.replacement = encoder.encode(String(body));
    this.held = [this.replacement];
  }

  /** What goes to the client now. */
  pass(exchange: Exchange): Uint8Array | undefined {
    if (!this.isHolding || this.isLast) {
      exchange.shared.delete(key);
      return this.replacement ?? joinBytes(this.held);
    }
    // Chunks are valid during the call only.
    exchange.shared.set(
      key,
      this.held.map((piece) => new Uint8Array(piece)),
    );
    return undefined;
  }
}
