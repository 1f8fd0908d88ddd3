import { Migrations } from "../../adapters/sql/index.ts";
import { PostgresDriver } from "../../adapters/sql/node.ts";
import { webClock, webRandom } from "../../adapters/web/index.ts";
import { bundledPlugins, DeclarativeConfiguration, tablesOf } from "../../core/index.ts";

/** Brings an empty database `kong` of a PostgreSQL server to the form of this version, as `migrations bootstrap` does. */
export const bootstrapPostgres = async (port: number, database = "kong"): Promise<void> => {
  const { entities } = new DeclarativeConfiguration({
    plugins: bundledPlugins,
    routerFlavor: "traditional_compatible",
    clock: webClock,
    random: webRandom,
  }).context;
  const driver = await PostgresDriver.open({
    host: "127.0.0.1",
    port,
    user: "kong",
    password: "",
    database,
    timeoutMs: 5_000,
    isSecure: false,
    isVerified: false,
    connections: 1,
    onError: () => undefined,
  });
  await new Migrations(driver, tablesOf(entities), () => webClock.nowMs()).up();
  await driver.close();
};
