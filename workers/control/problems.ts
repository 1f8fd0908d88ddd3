import { type PlatformProblem, platformProblems } from "../../adapters/web/index.ts";
import type { Logger, Tables } from "../../core/index.ts";

/** Where everything that the data plane can't do as it is configured is listed. */
export const problemsPath = "/problems";

const line = ({ kind, where, what }: PlatformProblem): string => `${kind} at the edge: ${where}: ${what}`;

/** A field's value: what is not of ASCII in a name does not go there. */
const warning = (problem: PlatformProblem): string =>
  `299 sallyport "${line(problem).replace(/[^ !#-[\]-~]/g, "?")}"`;

/** What the data plane can't do of the configuration that was published last: it is accepted, and told. */
export class Problems {
  private readonly logger: Logger;
  /** False before the first configuration. */
  isJudged = false;
  private found: readonly PlatformProblem[] = [];
  private logged = new Set<string>();

  constructor(logger: Logger) {
    this.logger = logger;
  }

  /** Takes a configuration; what is new about it is logged. */
  judge(tables: Tables): void {
    this.isJudged = true;
    this.found = platformProblems(tables);
    const lines = this.found.map(line);
    for (const text of lines) if (!this.logged.has(text)) this.logger.log("warn", text);
    this.logged = new Set(lines);
  }

  list(): Response {
    return Response.json({ data: this.found });
  }

  /** Adds a Warning to the answer of a write for everything that is wrong with the row it tells. @see RFC 7234 §5.5 */
  async tell(request: Request, response: Response): Promise<Response> {
    if (this.found.length === 0 || request.method === "GET" || !response.ok) return response;
    if (response.headers.get("content-type")?.startsWith("application/json") !== true) return response;
    const row: unknown = JSON.parse((await response.clone().text()) || "null");
    const id = typeof row === "object" && row !== null ? Reflect.get(row, "id") : undefined;
    for (const problem of this.found)
      if (problem.id === id) response.headers.append("Warning", warning(problem));
    return response;
  }
}
