import { expect, test } from "vitest";
import type { RowChange } from "./index.ts";
import { gatewayOn } from "../testing/index.ts";

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const answer = (status: number) => ({
  status_code: status,
  message: null,
  content_type: null,
  body: null,
  trigger: null,
  echo: false,
});
const plugin = (n: number, status: number, scope: Record<string, unknown>): RowChange => ({
  table: "plugins",
  id: id(n),
  row: {
    id: id(n),
    name: "request-termination",
    enabled: true,
    route: null,
    service: null,
    consumer: null,
    protocols: ["http"],
    config: answer(status),
    ...scope,
  },
});

const world = () => {
  const { gateway, client } = gatewayOn({
    services: [
      {
        id: id(1),
        name: "s",
        url: "http://s.test",
        routes: [
          { id: id(11), name: "a", paths: ["/a"] },
          { id: id(12), name: "b", paths: ["/b"] },
        ],
      },
    ],
    routes: [{ id: id(13), name: "c", paths: ["/c"] }],
    plugins: [{ id: id(21), name: "request-termination", config: { status_code: 299 } }],
  });
  const statuses = async (...targets: string[]): Promise<number[]> => {
    const answers = [];
    for (const target of targets) answers.push((await client.send({ target })).status);
    return answers;
  };
  return { gateway, statuses, change: (...changes: RowChange[]) => gateway.prepareChanges(changes)() };
};

test("a plugin of one route, or of one service's routes, leaves the others as they are", async () => {
  const { statuses, change } = world();
  expect(await statuses("/a", "/b", "/c")).toEqual([299, 299, 299]);
  change(plugin(22, 201, { route: { id: id(11) } }));
  expect(await statuses("/a", "/b", "/c")).toEqual([201, 299, 299]);
  change(plugin(23, 202, { service: { id: id(1) } }));
  expect(await statuses("/a", "/b", "/c")).toEqual([201, 202, 299]);
  change(plugin(22, 203, { route: { id: id(13) } }));
  expect(await statuses("/a", "/b", "/c")).toEqual([202, 202, 203]);
  change({ table: "plugins", id: id(23), row: undefined }, { table: "plugins", id: id(22), row: undefined });
  expect(await statuses("/a", "/b", "/c")).toEqual([299, 299, 299]);
  change(plugin(21, 204, {}));
  expect(await statuses("/a", "/b", "/c")).toEqual([204, 204, 204]);
});

test("routes and services come, change and go alone or together", async () => {
  const { statuses, change } = world();
  const route = {
    id: id(14),
    protocols: ["http"],
    paths: ["/d"],
    strip_path: true,
    preserve_host: false,
    https_redirect_status_code: 426,
    request_buffering: true,
    response_buffering: true,
    service: null,
  };
  change({ table: "routes", id: id(14), row: route });
  expect(await statuses("/d", "/e")).toEqual([299, 404]);
  change({ table: "routes", id: id(14), row: { ...route, paths: ["/e"] } });
  expect(await statuses("/d", "/e")).toEqual([404, 299]);
  change({ table: "routes", id: id(14), row: undefined });
  expect(await statuses("/e", "/a")).toEqual([404, 299]);
  const service = { id: id(2), protocol: "http", host: "x", port: 80, enabled: false, retries: 0 };
  const owned = { ...route, service: { id: id(2) } };
  change({ table: "services", id: id(2), row: service }, { table: "routes", id: id(14), row: owned });
  expect(await statuses("/d")).toEqual([404]);
  change({ table: "services", id: id(2), row: { ...service, enabled: true } });
  expect(await statuses("/d")).toEqual([299]);
  change({ table: "services", id: id(2), row: undefined }, { table: "routes", id: id(14), row: undefined });
  expect(await statuses("/d", "/a")).toEqual([404, 299]);
});

test("what was prepared and not swapped in changes nothing", async () => {
  const { gateway, statuses } = world();
  gateway.prepareChanges([{ table: "routes", id: id(11), row: undefined }]);
  gateway.prepareChanges([plugin(21, 500, {})]);
  expect(await statuses("/a", "/b")).toEqual([299, 299]);
});
