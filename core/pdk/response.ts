import { HeaderList } from "../http/headers.ts";
import type { OutgoingBody } from "../ports/body.ts";

/** Where a response comes from: the upstream, a plugin's `exit`, or a failure. */
export type ResponseSource = "service" | "exit" | "error";

/** The response on its way to the client. Header filters change it; core adds its own fields after them. */
export class ClientResponse {
  status = 0;
  reason = "";
  /** Content-Length stands here until core frames: a filter that changes the length deletes it. */
  headers = new HeaderList();
  body: OutgoingBody;
  source: ResponseSource = "error";
  /**
   * Trailer fields (name, value…) that end the body, as body filters see them with the last piece and may change them;
   * undefined for none.
   */
  trailers: string[] | undefined;
  /** Every field that went to the client (name, value…), framing aside; set when the head left. */
  sent: readonly string[] | undefined;
}
