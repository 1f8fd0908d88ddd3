import { errorTable, GatewayError } from "../errors.ts";
import { isGrpcContentType } from "../http/grpc.ts";
import { HeaderList } from "../http/headers.ts";
import { escapePath } from "../http/path.ts";
import { PeekedBody } from "../http/peekedbody.ts";
import type { Protos, RpcMethod } from "../ports/protos.ts";
import type { Ready } from "../ready.ts";
import type { Exchange } from "./exchange.ts";
import type { Handled, PluginHost } from "./plugin.ts";

/** The most of one message, and of a request's body, that is held to be translated. */
export const maxMessageBytes = 64 * 1024 * 1024;

/** What a plugin makes of a `.proto` file. It is read at once; what can't be read is tried again by each request. */
export class ProtoFile<T> {
  private readonly protos: Protos;
  private readonly file: string;
  private readonly compile: (methods: readonly RpcMethod[]) => T;
  private value: Ready<T> | undefined;

  /** @throws Error where there are no files. */
  constructor(
    { protos, logger }: Pick<PluginHost, "protos" | "logger">,
    file: string,
    compile: (methods: readonly RpcMethod[]) => T,
  ) {
    if (protos === undefined) throw new Error("this platform has no files");
    this.protos = protos;
    this.file = file;
    this.compile = compile;
    this.load().catch((error: unknown) =>
      logger.log("error", `the gRPC services of ${file} are not known`, { error }),
    );
  }

  /** @throws Error when the file is missing or can't be understood. */
  get(): Ready<T> {
    return this.value ?? this.load();
  }

  private load(): Promise<T> {
    const loading = this.protos
      .load(this.file)
      .then(this.compile)
      .then(
        (value) => (this.value = value),
        (error: unknown) => {
          this.value = undefined;
          throw error;
        },
      );
    this.value = loading;
    return loading;
  }
}

const withAllDigits = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
    ? context!.source
    : value;

/** Reads JSON; integers that a number can't hold stay texts, which messages are made of, too. @throws SyntaxError */
export const parseMessage = (text: string): unknown =>
  JSON.parse(text, /\d{16}/.test(text) ? withAllDigits : undefined);

/** Sends a request on as one of gRPC. @param path Of the method, normalised; a gRPC service has no path before it. */
export const becomeGrpc = ({ request, upstream }: Exchange, path: string): void => {
  if (upstream !== undefined) upstream.path = escapePath(path);
  request.headers.set("Content-Type", "application/grpc");
  request.headers.set("TE", "trailers");
  // Who translates messages, or has no word for it, can't have them compressed.
  request.headers.delete("grpc-accept-encoding");
};

export const isGrpcResponse = ({ response }: Exchange): boolean =>
  isGrpcContentType(response.headers.get("content-type"));

/**
 * Waits until the response's first message, or its end: a call that failed tells so behind its body, which may be as empty as
 * it is short. Its status and message stand in the head then, as where the upstream sends nothing but a head. What fails or
 * takes too long until then is answered as if there had been no head.
 */
export const awaitStatus = (exchange: Exchange): Handled => {
  const { response } = exchange;
  const { body, headers } = response;
  if (typeof body !== "object" || body instanceof Uint8Array || headers.has("grpc-status")) return undefined;
  const peeked = new PeekedBody(body);
  response.body = peeked;
  return peeked.peek().then(
    (trailers) => {
      if (trailers === undefined) return;
      for (const [name, value] of new HeaderList(trailers))
        if (name === "grpc-status" || name === "grpc-message") headers.set(name, value);
    },
    (error: unknown) => {
      const { status, message } =
        errorTable[error instanceof GatewayError ? error.code : "upstream_unreachable"];
      exchange.transportError(status, message);
    },
  );
};
