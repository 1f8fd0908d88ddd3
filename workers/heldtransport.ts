import { toBodyInit, WebBody } from "../adapters/web/index.ts";
import type {
  Transport,
  UpstreamAddress,
  UpstreamCall,
  UpstreamListener,
  UpstreamRequest,
} from "../core/index.ts";
import { type HeldAnswer, type HeldRequest, lengthOf, type UpstreamConnections } from "./connections.ts";
import { headed, readHead } from "./headed.ts";

/** Sends by connections that objects hold: one object an upstream, made near whoever asks it first. */
export class HeldTransport implements Transport {
  readonly canSetHost = true;
  readonly hasHttp2 = false;
  private readonly objects: DurableObjectNamespace<UpstreamConnections>;

  constructor(objects: DurableObjectNamespace<UpstreamConnections>) {
    this.objects = objects;
  }

  send(
    address: UpstreamAddress,
    { body, ...request }: UpstreamRequest,
    listener: UpstreamListener,
  ): UpstreamCall {
    const { host, port, tls } = address;
    const object = this.objects.getByName(`${host} ${port} ${tls?.serverName ?? ""}`);
    const bodyBytes = body === undefined ? null : (body.lengthBytes ?? -1);
    let isOver = false;
    const what: HeldRequest = { address, request, bodyBytes };
    // 15 to 20 us of 300: without it the object would wait for the upstream as long as it may take.
    const aborter = new AbortController();
    const message = { ...headed(what, toBodyInit(body, undefined)), method: "POST", signal: aborter.signal };
    const asked = object.fetch("http://upstream/", message);
    // What is no answer of the object is a failure, too.
    const read = asked.then(async (response) => ({
      response,
      told: (await readHead(response)) as HeldAnswer,
    }));
    read.then(
      ({ response, told }) => {
        if (isOver) return void response.body?.cancel();
        isOver = true;
        if ("failure" in told) {
          const { code, requestSent, message } = told.failure;
          return listener.failed({ code, requestSent, cause: new Error(message) });
        }
        const found =
          told.bodyBytes === null || response.body === null
            ? undefined
            : new WebBody(response.body, lengthOf(told.bodyBytes));
        listener.responded({ ...told.response, body: found, tunnel: undefined });
      },
      (error: unknown) => {
        // The object was moved or ended: how far it came is not known.
        if (!isOver) listener.failed({ code: "connection_closed", requestSent: true, cause: error });
      },
    );
    return {
      cancel() {
        // What came already is ended by who reads it.
        if (!isOver) aborter.abort();
        isOver = true;
      },
    };
  }

  close(): void {}
}
