import { chapters } from "./properties.ts";
import type { Property } from "./property.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

const units: Readonly<Partial<Record<Property["type"], string>>> = {
  size: "bytes",
  time: "time",
  boolean: "on, off",
  path: "file",
  paths: "files",
};

const row = (name: string, { default: value, doc, type, unit, oneOf, isSecret }: Property): string => {
  const kind = unit ?? oneOf?.join(", ") ?? units[type] ?? "";
  const text = isSecret === true ? `${doc} Never shown.` : doc;
  return `| \`${name}\` | ${value === "" ? "–" : `\`${cell(value)}\``} | ${cell(kind)} | ${cell(text)} |`;
};

/** The page on `sallyport.conf`: every property that has an effect, then those that have none. */
export const manual = (): string => {
  const lines = [
    "# sallyport.conf",
    "",
    "Made from `node-server/conf/properties` by `node node-server/conf/manual.ts`; a test compares.",
    "",
    "`key = value` lines; `#` begins a comment, `\\#` is the sign itself. The command line goes before `SALLYPORT_<KEY>`,",
    "that before `KONG_<KEY>`, that before the file, that before the defaults; what is empty is not set. Lists have commas",
    "between, a size is a number with `k`, `m` or `g`, a time one with `ms`, `s`, `m`, `h` or `d`. Any value may be a reference",
    "to a secret: `{vault://env/name}` is the variable `NAME`, `{vault://env/name/key}` a member of the JSON object in it.",
    "Relative files are relative to the file that names them, those of logs and of SQLite to the prefix.",
  ];
  const without: string[] = [];
  for (const [title, properties] of Object.entries(chapters)) {
    lines.push("", `## ${title}`, "", "| property | default | values, unit | meaning |", "|---|---|---|---|");
    for (const [name, property] of Object.entries(properties as Readonly<Record<string, Property>>))
      if (property.instead === undefined) lines.push(row(name, property));
      else without.push(`| \`${name}\` | ${cell(property.instead)} |`);
  }
  lines.push("", "## Read, without effect", "");
  lines.push("A start, a reload and `sallyport check` tell of those that are set.", "");
  lines.push("| property | instead |", "|---|---|", ...without);
  lines.push("| other `nginx_*` | there is no nginx here |", "");
  return lines.join("\n");
};

if (import.meta.main) process.stdout.write(manual());
