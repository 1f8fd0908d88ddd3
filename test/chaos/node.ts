import { Agent, request } from "node:http";
import path from "node:path";
import { type Daemon, startDaemon } from "../support/daemon.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcpproxy.ts";

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export const ask = (
  port: number,
  target: string,
  { method = "GET", headers = {}, body, agent }: AskOptions = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = request({
      host: "127.0.0.1",
      port,
      path: target,
      method,
      agent: agent ?? false,
      headers: { ...headers, ...(text !== undefined && { "Content-Type": "application/json" }) },
      timeout: 20_000,
    });
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
    sent.on("response", (response) => {
      let answer = "";
      response.on("data", (chunk: Buffer) => (answer += chunk.toString()));
      response.on("error", reject);
      response.on("end", () => {
        const isJson = response.headers["content-type"]?.includes("json") ?? false;
        resolve({
          status: response.statusCode!,
          body: isJson ? (JSON.parse(answer) as Record<string, unknown>) : {},
        });
      });
    });
    sent.end(text);
  });

interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly agent?: Agent;
}

/** What reaches a certain worker of a node. */
export interface WorkerLine {
  readonly node: number;
  readonly worker: number;
  ask(target: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  close(): void;
}

export interface ChaosNodeOptions {
  readonly number: number;
  readonly postgresPort: number;
  readonly updateSeconds: number;
  /** Whether LISTEN gets through. */
  readonly isNotified: boolean;
}

const workers = 2;

/** A daemon with two workers, and the network between it and its database. */
export class ChaosNode {
  readonly network: TcpProxy;
  private readonly options: ChaosNodeOptions;
  private daemon: Daemon | undefined;

  private constructor(options: ChaosNodeOptions, network: TcpProxy) {
    this.options = options;
    this.network = network;
  }

  static async start(options: ChaosNodeOptions): Promise<ChaosNode> {
    const { postgresPort, isNotified } = options;
    const network = await startTcpProxy({ port: postgresPort, ...(!isNotified && { refuses: "LISTEN" }) });
    const node = new ChaosNode(options, network);
    await node.revive();
    return node;
  }

  get isUp(): boolean {
    return this.daemon !== undefined;
  }

  /** Starts the daemon; tries again while its database is away. */
  async revive(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        this.daemon = await startDaemon({
          conf: {
            database: "postgres",
            pg_port: String(this.network.port),
            pg_timeout: "2000",
            db_update_frequency: String(this.options.updateSeconds),
            nginx_worker_processes: String(workers),
            plugins: `bundled, ${path.resolve(import.meta.dirname, "../support/witness.ts")}`,
          },
          isStartExpectedToFail: true,
        });
        await this.daemon.said(/serves with/);
        return;
      } catch (error) {
        await this.daemon?.stop("SIGKILL");
        this.daemon = undefined;
        if (tries === 30) throw error;
      }
    }
  }

  /** Without any chance to tidy up. */
  async kill(): Promise<void> {
    const daemon = this.daemon!;
    this.daemon = undefined;
    const { body } = await ask(daemon.adminPort, "/").catch(() => ({ body: {} as Answer["body"] }));
    const { master } = (body["pids"] ?? {}) as { master?: number };
    daemon.child.kill("SIGKILL");
    if (master !== undefined) process.kill(master, "SIGKILL");
    await daemon.stop("SIGKILL");
  }

  admin(method: string, target: string, body?: unknown): Promise<Answer> {
    if (this.daemon === undefined) return Promise.reject(new Error("the node is down"));
    return ask(this.daemon.adminPort, target, { method, body });
  }

  output(): string {
    return this.daemon?.output() ?? "";
  }

  /** A line to each worker. @param target Where the witness answers. */
  async lines(target: string): Promise<WorkerLine[]> {
    const port = this.daemon!.proxyPort;
    const found = new Map<number, WorkerLine>();
    const deadline = performance.now() + 30_000;
    while (found.size < workers) {
      if (performance.now() > deadline) throw new Error("a worker gets no connections");
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const line = (target: string, headers = {}): Promise<Answer> => ask(port, target, { headers, agent });
      // It may not know the route yet.
      const worker = (await line(target)).body["worker"] as number | undefined;
      if (worker === undefined || found.has(worker)) agent.destroy();
      else
        found.set(worker, {
          node: this.options.number,
          worker,
          ask: line,
          close: () => agent.destroy(),
        });
    }
    return [...found.values()];
  }

  async close(): Promise<void> {
    await this.daemon?.stop();
    this.daemon = undefined;
    await this.network.close();
  }
}
