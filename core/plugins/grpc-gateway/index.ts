import { joinBytes } from "../../http/bodies.ts";
import { grpcFrame, GrpcFrames } from "../../http/grpcframe.ts";
import {
  awaitStatus,
  becomeGrpc,
  definePlugin,
  type Exchange,
  type Handled,
  isGrpcResponse,
  maxMessageBytes,
  ProtoFile,
  type RpcMethod,
  whenReady,
} from "../../pdk/index.ts";
import { Endpoints } from "./endpoint.ts";
import { payloadOf, PayloadError } from "./payload.ts";
import { type Config, schema } from "./schema.ts";

/** What the plugin knows of an exchange. */
interface Turn {
  /** Undefined until the request is one of gRPC. */
  rpc?: RpcMethod;
  /** Set while the response is one of gRPC. */
  frames?: GrpcFrames;
}

const turnKey = Symbol("grpc-gateway");
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Statuses of HTTP by those of gRPC. @see google/rpc/code.proto, of which Kong tells 12 as 500 */
const statuses = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 500, 500, 503, 500, 401];

/** Lets clients that speak HTTP and JSON call gRPC services, as their options `google.api.http` say. */
export const grpcGateway = definePlugin<Config>({
  ...schema,
  create(config, host) {
    const { logger } = host;
    const file =
      config.proto === null
        ? undefined
        : new ProtoFile(host, config.proto, (methods) => new Endpoints(methods));

    const encode = (rpc: RpcMethod, payload: unknown): Uint8Array => {
      try {
        return grpcFrame(rpc.encodeRequest(payload));
      } catch (error) {
        logger.log("error", "grpc-gateway: a request can't be encoded", { error });
        throw new PayloadError("failed to encode payload");
      }
    };

    const call = async (exchange: Exchange, turn: Turn, endpoints: Endpoints): Promise<void> => {
      const { request } = exchange;
      const found = endpoints.find(request.method, exchange.match!.path);
      if (typeof found === "string") return exchange.exit(400, `failed to transcode .proto file ${found}`);
      const { rpc, body: field } = found.endpoint;
      const body = field === undefined ? "" : decoder.decode(await request.readBody(maxMessageBytes));
      try {
        request.setBody(encode(rpc, payloadOf(field, body, request.queryArguments, found.variables)));
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error;
        return exchange.exit(400, error.message);
      }
      turn.rpc = rpc;
      becomeGrpc(exchange, rpc.path);
      request.method = "POST";
      request.query = undefined;
    };

    return {
      access(exchange): Handled {
        const turn: Turn = {};
        exchange.shared.set(turnKey, turn);
        if (exchange.request.method === "OPTIONS") {
          return exchange.exit(200, "OK", [
            ["Content-Type", "application/json"],
            ["Access-Control-Allow-Methods", "GET,POST,PATCH,DELETE"],
            ["Access-Control-Allow-Headers", "content-type"],
          ]);
        }
        if (file === undefined)
          return exchange.exit(400, "transcoding requests require a .proto file defining the service");
        return whenReady(file.get(), (endpoints) => call(exchange, turn, endpoints));
      },

      headerFilter(exchange): Handled {
        const turn = exchange.shared.get(turnKey) as Turn | undefined;
        if (turn === undefined) return undefined;
        const { rpc } = turn;
        const isUnary = rpc !== undefined && !rpc.isResponseStream && isGrpcResponse(exchange);
        return whenReady(isUnary ? awaitStatus(exchange) : undefined, () => {
          const { response } = exchange;
          const { headers } = response;
          headers.set("Access-Control-Allow-Origin", "*");
          if (rpc === undefined || !isGrpcResponse(exchange)) return;
          turn.frames = new GrpcFrames(maxMessageBytes);
          headers.set("Content-Type", "application/json");
          headers.delete("content-length");
          const status = headers.get("grpc-status");
          if (status !== undefined) response.status = statuses[Number(status)] ?? 500;
        });
      },

      bodyFilter(exchange, chunk, isLast) {
        const turn = exchange.shared.get(turnKey) as Turn | undefined;
        if (turn?.frames === undefined) return chunk;
        const messages = turn.frames.push(chunk);
        if (isLast && turn.frames.isOpen) throw new Error("the response ends within a message");
        return joinBytes(messages.map((message) => encoder.encode(turn.rpc!.decodeResponse(message))));
      },
    };
  },
});
