/** How a client speaks gRPC-Web, or plain JSON. */
export interface Format {
  /** Everything is base64. */
  readonly isText: boolean;
  /** Messages stand in frames, the last of which are the trailers. */
  readonly isFramed: boolean;
  readonly isJson: boolean;
}

const formats = new Map<string, Format>([
  ["application/json", { isText: false, isFramed: false, isJson: true }],
]);
for (const isText of [false, true]) {
  for (const [suffix, isJson] of [
    ["", false],
    ["+proto", false],
    ["+json", true],
  ] as const)
    formats.set(`application/grpc-web${isText ? "-text" : ""}${suffix}`, { isText, isFramed: true, isJson });
}

/** @returns Undefined for a content type that is none of gRPC-Web. */
export const formatOf = (contentType: string | undefined): Format | undefined =>
  formats.get(contentType?.split(";", 1)[0]!.trim().toLowerCase() ?? "");
