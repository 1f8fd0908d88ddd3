import { readFileSync } from "node:fs";
import type { ErrorTemplates } from "../../core/index.ts";
import type { Texts } from "./properties.ts";

const formats = ["html", "json", "xml", "plain"] as const;

const readTemplate = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/** What is wrong with the files that the operator's layouts stand in. */
export const templateProblems = (texts: Texts): string[] =>
  formats.flatMap((format) => {
    const name = `error_template_${format}` as const;
    if (texts[name] === "") return [];
    const template = readTemplate(texts[name]);
    if (template === undefined) return [`${name}: can't read ${texts[name]}`];
    const places = (template.match(/%[^]?/g) ?? []).filter((place) => place !== "%%");
    return places.length <= 2 && places.every((place) => place === "%s")
      ? []
      : [`${name}: a template has %s for the message, %s for the request id, and %% for a percent sign`];
  });

/** The operator's layouts of errors, by form. */
export const errorTemplates = (texts: Texts): ErrorTemplates =>
  Object.fromEntries(
    formats.flatMap((format) => {
      const file = texts[`error_template_${format}`];
      return file === "" ? [] : [[format, readTemplate(file)!]];
    }),
  );
