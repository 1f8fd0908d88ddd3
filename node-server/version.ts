import { readFileSync } from "node:fs";

const find = (): string => {
  // The sources stand one folder below the manifest, the built package two.
  for (const relative of ["../package.json", "../../package.json"]) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(relative, import.meta.url), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (manifest.name === "sallyport" && manifest.version !== undefined) return manifest.version;
    } catch {
      continue;
    }
  }
  throw new Error("the package's manifest is missing");
};

/** The version of this package. */
export const version = find();

/** The version of Kong whose conventions hold; clients read it in `GET /`. */
export const kongVersion = "3.9.1";
