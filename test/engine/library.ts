import path from "node:path";
import {
  type MethodDefinition,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import protobuf from "protobufjs";
import { type Listener, listen } from "../../adapters/node/http/listener.ts";
import { NodeTransport } from "../../adapters/node/http/transport.ts";
import { ProtoFiles } from "../../adapters/protobuf/index.ts";
import { gatewayOn } from "../../testing/index.ts";

const protos = path.join(import.meta.dirname, "protos");
export const libraryProto = path.join(protos, "library.proto");

type Message = Record<string, unknown>;
type Call = ServerUnaryCall<Message, Message> & ServerWritableStream<Message, Message>;

/** What a server does with a call of any method: it answers, or writes and ends. */
export type Serve = (call: Call, answer: sendUnaryData<Message>) => void;

const serviceNames = ["library.v1.Library", "library.v1.Echo"];

/** The methods as the library that tests don't share with the product would code them: messages go as plain objects. */
const methodsOf = (root: protobuf.Root): MethodDefinition<Message, Message>[] =>
  serviceNames.flatMap((name) =>
    root.lookupService(name).methodsArray.map((method) => {
      const input = root.lookupType(`library.v1.${method.requestType}`);
      const output = root.lookupType(`library.v1.${method.responseType}`);
      const encode = (type: protobuf.Type) => (message: Message) =>
        Buffer.from(type.encode(type.fromObject(message)).finish());
      const decode = (type: protobuf.Type) => (bytes: Buffer) =>
        type.toObject(type.decode(bytes), { enums: String, longs: String });
      return {
        path: `/${name}/${method.name}`,
        requestStream: false,
        responseStream: method.responseStream === true,
        requestSerialize: encode(input),
        requestDeserialize: decode(input),
        responseSerialize: encode(output),
        responseDeserialize: decode(output),
      };
    }),
  );

/** A gRPC server, and a gateway before it with one plugin on its route. */
export interface Library {
  readonly port: number;
  readonly url: string;
  /** The last call that the server got. */
  readonly got: { path: string; message: Message; metadata: Metadata };
  serve: Serve;
  /** Leaves the gateway without an upstream. */
  stopServer(): void;
  close(): Promise<void>;
}

/** @param route What the route has beside the plugin. @param service What the service has beside its URL. */
export const startLibrary = async (
  plugin: { readonly name: string; readonly config: object },
  route: object = { paths: ["/"] },
  service: object = {},
): Promise<Library> => {
  const root = new protobuf.Root();
  const own = path.dirname(import.meta.resolve("protobufjs/package.json").replace("file://", ""));
  root.resolvePath = (_, name) =>
    path.isAbsolute(name) ? name : path.join(name.startsWith("google/") ? own : protos, name);
  root.loadSync(libraryProto, { keepCase: true });

  const library: Library = {
    port: 0,
    url: "",
    got: { path: "", message: {}, metadata: undefined as never },
    serve: () => undefined,
    stopServer: () => server.forceShutdown(),
    close,
  };
  const server = new Server({ "grpc.max_send_message_length": -1, "grpc.max_receive_message_length": -1 });
  for (const method of methodsOf(root)) {
    const serve = (call: Call, answer: sendUnaryData<Message>): void => {
      Object.assign(library.got, { path: method.path, message: call.request, metadata: call.metadata });
      library.serve(call, answer);
    };
    server.addService({ only: method }, { only: serve as never });
  }
  const upstream = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const transport = new NodeTransport();
  const routes = [{ name: "r", protocols: ["http"], ...route, plugins: [plugin] }];
  const { gateway } = gatewayOn(
    { services: [{ name: "s", url: `grpc://127.0.0.1:${upstream}`, ...service, routes }] },
    { ports: { transport, protos: new ProtoFiles() } },
  );
  const listener: Listener = await listen({ host: "127.0.0.1", port: 0 }, gateway);
  async function close(): Promise<void> {
    transport.close();
    await listener.close({ graceMs: 200 });
    server.forceShutdown();
  }
  const { port } = listener.address;
  return Object.assign(library, { port, url: `http://127.0.0.1:${port}` });
};
