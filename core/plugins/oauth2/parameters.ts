import { type Exchange, parseForm, type Ready, whenReady } from "../../pdk/index.ts";

/** What a request says: a text where it is said once, anything else as it was read. */
export interface Parameters {
  get(name: string): unknown;
  /** Undefined for what is no text. */
  text(name: string): string | undefined;
}

const forms = ["application/x-www-form-urlencoded", "application/json", "multipart/form-data"];

const isForm = (contentType: string | undefined): boolean => {
  const type = contentType?.toLowerCase() ?? "";
  return forms.some((form) => type.startsWith(form));
};

const hasBody = (method: string): boolean => method === "POST" || method === "PUT" || method === "PATCH";

/** Reads query and body; the body goes first. A body that is no form is left to stream. */
export const parametersOf = ({ request }: Exchange): Ready<Parameters> => {
  const query = request.queryArguments;
  const contentType = request.headers.get("content-type");
  const body = hasBody(request.method) && isForm(contentType) ? request.readBody() : undefined;
  return whenReady(body, (bytes) => {
    const form = bytes && parseForm(bytes, contentType);
    const get = (name: string): unknown => form?.get(name) ?? query.get(name);
    return {
      get,
      text(name) {
        const value = get(name);
        return typeof value === "string" ? value : undefined;
      },
    };
  });
};
