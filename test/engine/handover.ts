// Hands a listening server from worker thread to worker thread under load and counts the requests that fail:
// node test/engine/handover.ts [reloads]
import { connect, createServer } from "node:net";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { type Listener, adoptServer } from "../../adapters/node/http/listener.ts";
import { NodeTransport } from "../../adapters/node/http/transport.ts";
import { RawClient, always, ok, portOf } from "./rig.ts";
import { straightHandler } from "./straight.ts";

const post = (
  port: { postMessage(message: unknown, list?: never[]): void },
  message: unknown,
  list: unknown[],
): void => {
  // Node can move a listening server; its types do not know.
  Reflect.apply(port.postMessage.bind(port), undefined, [message, list]);
};

interface Order {
  readonly server?: ReturnType<typeof createServer>;
  readonly upstream?: number;
}

function serveHere(): void {
  const port = parentPort!;
  let listener: Listener | undefined;
  const transport = new NodeTransport();
  port.on("message", ({ server, upstream }: Order) => {
    if (server !== undefined) {
      const address = { host: "127.0.0.1", port: upstream!, tls: undefined };
      listener = adoptServer(server, {}, straightHandler(transport, address));
      post(port, { serving: true }, []);
    } else if (listener !== undefined) {
      post(port, { server: listener.server }, [listener.server]);
      void listener.close({ graceMs: 2_000 }).then(() => {
        transport.close();
        process.exit(0);
      });
    }
  });
}

async function drive(reloads: number): Promise<void> {
  const upstream = createServer((socket) => always(ok())(new RawClient(socket), 0));
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
  await new Promise<void>((resolve) =>
    server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, resolve),
  );
  const port = portOf(server);
  const told = (worker: Worker): Promise<Order> => new Promise((resolve) => worker.once("message", resolve));
  const begin = async (listening: unknown): Promise<Worker> => {
    const worker = new Worker(new URL(import.meta.url));
    const answer = told(worker);
    post(worker, { server: listening, upstream: portOf(upstream) }, [listening]);
    await answer;
    return worker;
  };
  const running = { yes: true };
  let requests = 0;
  let failed = 0;
  const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  /** A client that keeps its connection until it is told to close, then opens another. */
  const client = async (perConnection: number): Promise<void> => {
    while (running.yes) {
      const one = new RawClient(connect(port, "127.0.0.1"));
      for (let i = 0; i < perConnection && running.yes; i++) {
        one.received = "";
        try {
          // oxlint-disable-next-line no-await-in-loop -- one request after the other
          const text = await one.send(get).until(/ok$/);
          requests++;
          if (text.includes("Connection: close")) break;
        } catch {
          failed++;
          break;
        }
      }
      one.close();
    }
  };
  let worker = await begin(server);
  const load = [
    ...Array.from({ length: 10 }, () => client(1)),
    ...Array.from({ length: 20 }, () => client(1_000)),
  ];
  for (let i = 0; i < reloads; i++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const gone = new Promise((resolve) => worker.once("exit", resolve));
    const handed = told(worker);
    post(worker, {}, []);
    const { server: listening } = await handed;
    worker = await begin(listening);
    void gone;
  }
  running.yes = false;
  await Promise.all(load);
  console.log(JSON.stringify({ reloads, requests, failed }));
  process.exit(failed === 0 ? 0 : 1);
}

if (isMainThread) await drive(Number(process.argv[2] ?? 16));
else serveHere();
