const codes: Readonly<Record<number, number>> = {
  200: 0,
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  409: 6,
  429: 8,
  499: 1,
  500: 13,
  501: 12,
  503: 14,
  504: 4,
};

/** The gRPC status that stands for an HTTP status. */
export const grpcStatus = (status: number): number => {
  const known = codes[status];
  if (known !== undefined) return known;
  if (status >= 400 && status < 500) return 3;
  return status >= 500 && status < 600 ? 13 : 2;
};

const names = [
  "OK",
  "Canceled",
  "Unknown",
  "InvalidArgument",
  "DeadlineExceeded",
  "NotFound",
  "AlreadyExists",
  "PermissionDenied",
  "ResourceExhausted",
  "FailedPrecondition",
  "Aborted",
  "OutOfRange",
  "Unimplemented",
  "Internal",
  "Unavailable",
  "DataLoss",
  "Unauthenticated",
];

/** The name of a gRPC status, told as `grpc-message`. */
export const grpcMessage = (code: number): string => names[code] ?? "Unknown";

export const isGrpcContentType = (contentType: string | undefined): boolean =>
  contentType !== undefined && contentType.startsWith("application/grpc");
