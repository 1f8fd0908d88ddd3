import { type Database, type DeclarativeConfiguration, StoreProblem, writeTables } from "../../core/index.ts";

/** Where a configuration is put as a whole: one transaction, one version. */
export const wholePath = "/declarative";

/** `PUT /declarative`: the rows of a declarative document take the place of all that are there. */
export const replaceAll = async (
  request: Request,
  configuration: DeclarativeConfiguration,
  database: Database,
): Promise<Response> => {
  const loaded = configuration.read(await request.text());
  if (!loaded.ok) return Response.json(loaded.error, { status: 400 });
  try {
    return Response.json(await writeTables(database, configuration.tables(loaded), { isComplete: true }));
  } catch (error) {
    if (error instanceof StoreProblem) return Response.json(error.body, { status: error.status });
    throw error;
  }
};
