import { toBodyInit, WebBody } from "../adapters/web/index.ts";
import type {
  Transport,
  UpstreamAddress,
  UpstreamCall,
  UpstreamListener,
  UpstreamRequest,
} from "../core/index.ts";
import {
  type HeldAnswer,
  type HeldRequest,
  lengthOf,
  tryField,
  type UpstreamConnections,
} from "./connections.ts";
import { headed, readHead } from "./headed.ts";

/**
 * Sends by connections that objects hold: one object an upstream, made near whoever asks it first. A try that ends with
 * all work of its request, as the platform ends that when a client left, ends in the object at once where the Worker has
 * the compatibility flag `enable_request_signal`; else when the upstream answers or its time is over.
 */
export class HeldTransport implements Transport {
  readonly canSetHost = true;
  readonly hasHttp2 = false;
  private readonly objects: DurableObjectNamespace<UpstreamConnections>;

  /** What tells this isolate's tries from others'. */
  private readonly id = crypto.randomUUID();
  private count = 0;

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
    const name = `${this.id} ${++this.count}`;
    const { headers, body: framed } = headed(what, toBodyInit(body, undefined));
    const message = { method: "POST", headers: { ...headers, [tryField]: name }, body: framed };
    const asked = object.fetch("http://upstream/", message);
    // What is no answer of the object is a failure, too.
    asked.then(readHead).then(
      ({ what: answer, rest }) => {
        if (isOver)
          return void rest()
            .cancel()
            .catch(() => undefined);
        isOver = true;
        const told = answer as HeldAnswer;
        if ("failure" in told) {
          const { code, requestSent, message } = told.failure;
          return listener.failed({ code, requestSent, cause: new Error(message) });
        }
        const found = told.bodyBytes === null ? undefined : new WebBody(rest(), lengthOf(told.bodyBytes));
        listener.responded({ ...told.response, body: found, tunnel: undefined });
      },
      (error: unknown) => {
        // The object was moved or ended: how far it came is not known.
        if (!isOver) listener.failed({ code: "connection_closed", requestSent: true, cause: error });
      },
    );
    return {
      cancel() {
        // What came already is ended by who reads it. A signal for each try would cost 20 us of 300.
        if (!isOver) object.drop(name).catch(() => undefined);
        isOver = true;
      },
    };
  }

  close(): void {}
}
