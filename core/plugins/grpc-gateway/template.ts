import { fromByteString } from "../../http/utf8.ts";

/** What a path says, by names of fields: `a.b` is one within another. */
export type Variables = readonly (readonly [field: string, value: string])[];

/** A path template of google.api.http, compiled. */
export interface Template {
  /** @param path As routes see it. @returns Undefined for a path of another kind. */
  match(path: string): Variables | undefined;
}

interface Variable {
  readonly field: string;
  /** A slash that was escaped is no end of a segment, where there may be several. */
  readonly isLong: boolean;
}

const token = /\{([^{}=]+)(?:=([^{}]*))?\}|\*\*|\*|[^{*]+|\{/g;

const wildcard = (text: string): string =>
  text === "**" ? ".+" : text === "*" ? "[^/]+" : text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");

const pattern = (text: string): string => (text.match(/\*\*|\*|[^*]+/g) ?? []).map(wildcard).join("");

/** What normalisation left escaped would have meant something else in a path: here it does no longer. */
const decode = (text: string, isLong: boolean): string =>
  fromByteString(text).replaceAll(/%([0-9A-F]{2})/g, (escape, hex: string) =>
    isLong && hex === "2F" ? escape : String.fromCharCode(Number.parseInt(hex, 16)),
  );

/** @see google/api/http.proto, "Path template syntax" */
export const compileTemplate = (template: string): Template => {
  const variables: Variable[] = [];
  let source = "";
  for (const [text, field, segments = "*"] of template.matchAll(token)) {
    if (field === undefined) source += wildcard(text);
    else {
      source += `(${pattern(segments)})`;
      variables.push({ field, isLong: segments !== "*" });
    }
  }
  const regex = new RegExp(`^${source}$`);
  // Looked at first: most templates are told apart by it, and it costs next to nothing.
  const prefix = /^[^{*]*/.exec(template)![0];
  return {
    match(path) {
      const found = path.startsWith(prefix) ? regex.exec(path) : null;
      return found === null
        ? undefined
        : variables.map(({ field, isLong }, i) => [field, decode(found[i + 1]!, isLong)]);
    },
  };
};
