import { fromBase64Pieces, toBase64 } from "../../http/base64.ts";
import { joinBytes } from "../../http/bodies.ts";
import { firstGrpcMessage, grpcFrame, GrpcFrames } from "../../http/grpcframe.ts";
import { HeaderList } from "../../http/headers.ts";
import {
  awaitStatus,
  becomeGrpc,
  definePlugin,
  type Exchange,
  type Handled,
  isGrpcResponse,
  maxMessageBytes,
  parseMessage,
  ProtoFile,
  type RpcMethod,
  whenReady,
} from "../../pdk/index.ts";
import { type Format, formatOf } from "./format.ts";
import { type Config, schema } from "./schema.ts";

/** What the plugin knows of an exchange. */
interface Turn {
  /** Undefined until the request is one of gRPC. */
  call?: {
    readonly contentType: string;
    readonly format: Format;
    /** Undefined where messages pass as they are. */
    readonly method: RpcMethod | undefined;
  };
  /** Set while the response is one of gRPC. */
  frames?: GrpcFrames;
}

const turnKey = Symbol("grpc-web");
const trailerFlag = 0x80;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The trailers as a message. A response that ends without a status was cut off: 2 stands for that (UNKNOWN). */
const trailerFrame = ({ response }: Exchange): Uint8Array => {
  const trailers = new HeaderList(response.trailers);
  const of = (name: string): string | undefined => trailers.get(name) ?? response.headers.get(name);
  const fields = [`grpc-status:${of("grpc-status") ?? 2}`, `grpc-message:${of("grpc-message") ?? ""}`];
  for (const [name, value] of trailers)
    if (name !== "grpc-status" && name !== "grpc-message") fields.push(`${name}:${value}`);
  return grpcFrame(encoder.encode(fields.map((field) => `${field}\r\n`).join("")), trailerFlag);
};

/** The path that the route leaves, or another plugin set. */
const strippedPath = ({ upstream, match, request }: Exchange): string =>
  upstream === undefined || upstream.path === request.rawPath ? match!.upstreamPath : upstream.path;

/** Lets browsers, which know no trailers, call gRPC services. @see gRPC-Web's PROTOCOL-WEB.md */
export const grpcWeb = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const origin = config.allow_origin_header;
    const file =
      config.proto === null
        ? undefined
        : new ProtoFile(host, config.proto, (methods) => new Map(methods.map((one) => [one.path, one])));

    const translate = (format: Format, method: RpcMethod | undefined, body: Uint8Array): Uint8Array => {
      const bytes = format.isText ? fromBase64Pieces(decoder.decode(body)) : body;
      if (bytes === undefined) throw new Error("the body is no base64");
      if (method === undefined) return bytes;
      const message = format.isFramed ? firstGrpcMessage(bytes) : bytes;
      if (message === undefined) throw new Error("the body is no message of gRPC");
      return grpcFrame(method.encodeRequest(parseMessage(decoder.decode(message))));
    };

    const call = (
      exchange: Exchange,
      turn: Turn,
      format: Format,
      path: string,
      method?: RpcMethod,
    ): Handled => {
      const { request } = exchange;
      turn.call = { contentType: request.headers.get("content-type")!, format, method };
      if (!format.isText && method === undefined) {
        becomeGrpc(exchange, path);
        return undefined;
      }
      return whenReady(request.readBody(maxMessageBytes), (body) => {
        try {
          request.setBody(translate(format, method, body));
          becomeGrpc(exchange, path);
        } catch (error) {
          delete turn.call;
          exchange.exit(400, (error as Error).message);
        }
      });
    };

    return {
      access(exchange): Handled {
        const { request } = exchange;
        const turn: Turn = {};
        exchange.shared.set(turnKey, turn);
        if (request.method === "OPTIONS") {
          return exchange.exit(200, "OK", [
            ["Content-Type", "application/grpc-web-text+proto"],
            ["Access-Control-Allow-Methods", "POST"],
            ["Access-Control-Allow-Headers", "content-type,x-grpc-web,x-user-agent"],
          ]);
        }
        const format = formatOf(request.headers.get("content-type"));
        const path = config.pass_stripped_path ? strippedPath(exchange) : exchange.match!.path;
        if (format !== undefined && !format.isJson) return call(exchange, turn, format, path);
        if (file === undefined)
          return exchange.exit(400, "transcoding requests require a .proto file defining the service");
        if (format === undefined) return exchange.exit(400, "the content type is none of gRPC-Web");
        return whenReady(file.get(), (methods) => {
          const method = methods.get(path);
          if (method !== undefined) return call(exchange, turn, format, path, method);
          // To the letter.
          return exchange.exit(400, `Unkown path ${JSON.stringify(path)}`);
        });
      },

      headerFilter(exchange): Handled {
        const turn = exchange.shared.get(turnKey) as Turn | undefined;
        if (turn === undefined) return undefined;
        const { call: made } = turn;
        // Without frames there is no other place for the status.
        const isAwaited =
          made !== undefined &&
          !made.format.isFramed &&
          !made.method?.isResponseStream &&
          isGrpcResponse(exchange);
        return whenReady(isAwaited ? awaitStatus(exchange) : undefined, () => {
          const { headers } = exchange.response;
          if (origin !== null) headers.set("Access-Control-Allow-Origin", origin);
          if (made === undefined || !isGrpcResponse(exchange)) return;
          turn.frames = new GrpcFrames(maxMessageBytes);
          headers.set("Content-Type", made.contentType);
          headers.delete("content-length");
        });
      },

      bodyFilter(exchange, chunk, isLast) {
        const turn = exchange.shared.get(turnKey) as Turn | undefined;
        if (turn?.frames === undefined) return chunk;
        const { format, method } = turn.call!;
        const pieces =
          method === undefined
            ? [chunk]
            : turn.frames.push(chunk).map((message) => {
                const json = encoder.encode(method.decodeResponse(message));
                return format.isFramed ? grpcFrame(json) : json;
              });
        if (isLast && turn.frames.isOpen) throw new Error("the response ends within a message");
        const coded = (bytes: Uint8Array): Uint8Array =>
          format.isText ? encoder.encode(toBase64(bytes)) : bytes;
        const translated = coded(joinBytes(pieces));
        if (!isLast || !format.isFramed) return translated;
        const end = coded(trailerFrame(exchange));
        exchange.response.trailers = undefined;
        return joinBytes([translated, end]);
      },
    };
  },
});
