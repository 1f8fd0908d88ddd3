import { bootstrapPostgres } from "../support/bootstrap.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { ChaosNode, type WorkerLine } from "./node.ts";

const nodeCount = 3;
export const slotCount = 6;
export const consumerCount = 4;

export interface ChaosOptions {
  readonly updateSeconds: number;
  readonly isNotified: boolean;
}

/** Three nodes on one database: slots whose value changes, and consumers whose key changes. */
export class ChaosWorld {
  readonly postgres: Postgres;
  readonly nodes: readonly ChaosNode[];
  /** Ids of the plugins of the slots. */
  readonly plugins: string[] = [];

  private constructor(postgres: Postgres, nodes: readonly ChaosNode[]) {
    this.postgres = postgres;
    this.nodes = nodes;
  }

  static async start({ updateSeconds, isNotified }: ChaosOptions): Promise<ChaosWorld> {
    const postgres = await startPostgres();
    await bootstrapPostgres(postgres.port);
    const options = { postgresPort: postgres.port, updateSeconds, isNotified };
    const nodes = await Promise.all(
      Array.from({ length: nodeCount }, (_, number) => ChaosNode.start({ ...options, number })),
    );
    const world = new ChaosWorld(postgres, nodes);
    await world.fill();
    return world;
  }

  private async fill(): Promise<void> {
    const write = async (target: string, body: unknown): Promise<string> => {
      const answer = await this.nodes[0]!.admin("POST", target, body);
      if (answer.status !== 201) throw new Error(`${target}: ${JSON.stringify(answer)}`);
      return String(answer.body["id"]);
    };
    const slot = async (name: string): Promise<string> => {
      await write("/routes", { name, paths: [`/${name}`] });
      return write(`/routes/${name}/plugins`, { name: "witness", config: { slot: name, value: 0 } });
    };
    for (let i = 0; i < slotCount; i++) this.plugins.push(await slot(`s${i}`));
    await slot("private");
    await write("/routes/private/plugins", { name: "key-auth" });
    for (let i = 0; i < consumerCount; i++) {
      await write("/consumers", { username: `c${i}` });
      await write(`/consumers/c${i}/key-auth`, { id: this.credential(i), key: `k${i}-0` });
    }
  }

  credential(consumer: number): string {
    return `00000000-0000-4000-8000-00000000000${consumer}`;
  }

  /** A line to every worker of every node that is up, each of which serves what was filled in. */
  async lines(): Promise<WorkerLine[]> {
    const all = await Promise.all(this.nodes.filter(({ isUp }) => isUp).map((node) => node.lines("/s0")));
    return all.flat();
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
    await this.postgres.stop();
  }
}
