/** A request in HTTP's own terms that stands for a call. @see google/api/http.proto */
export interface HttpBinding {
  /** In capitals; `*` for any. */
  readonly method: string;
  /** `/v1/{name=shelves/*}:verb` */
  readonly template: string;
  /** The field of the message that the body is: `*` for the message itself, undefined for none. */
  readonly body: string | undefined;
}

/** A method of a gRPC service, as a `.proto` file tells it. */
export interface RpcMethod {
  /** `/package.Service/Method` */
  readonly path: string;
  /** Whether there may be several responses. */
  readonly isResponseStream: boolean;
  /** What the option `google.api.http` says, in its order. */
  readonly bindings: readonly HttpBinding[];
  /**
   * Makes a message of what JSON can hold. Names are the file's; unknown ones are left out. Texts of numbers, of truth
   * values and single values of repeated fields are taken for what they stand for, as arguments of a query are.
   *
   * @throws Error when a value is none of its field's.
   */
  encodeRequest(value: unknown): Uint8Array;
  /** @returns JSON. @throws Error when the bytes are no such message. */
  decodeResponse(bytes: Uint8Array): string;
}

/** Reads what services are told to be. */
export interface Protos {
  /**
   * @param file A path, or a name in one of the folders that are searched for imports.
   * @returns The methods of the file and of those it publicly imports.
   * @throws Error when a file is missing or can't be understood.
   */
  load(file: string): Promise<readonly RpcMethod[]>;
}
