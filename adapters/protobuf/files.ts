import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type Protobuf from "protobufjs";
import type { Protos, RpcMethod } from "../../core/index.ts";
import { bindingsOf } from "./bindings.ts";
import { jsonOf } from "./json.ts";
import { messageOf } from "./message.ts";

/** Where Kong looks. */
const usualFolders = ["/usr/local/kong/include", "/usr/local/opt/protobuf/include", "/usr/include"];

const publicImport = /^\s*import\s+public\s+["']([^"']+)["']/gm;

/** Files of the system. Google's own ones (`google/api`, `google/protobuf`) are there where the system has none. */
export class ProtoFiles implements Protos {
  private readonly folders: readonly string[];
  private library: Promise<typeof Protobuf> | undefined;

  /** @param folders Where else files are looked for, before the usual places. */
  constructor(folders: readonly string[] = []) {
    this.folders = [...folders, ...usualFolders];
  }

  async load(file: string): Promise<readonly RpcMethod[]> {
    const library = await (this.library ??= import("protobufjs").then((module) => module.default));
    const main = find(file, this.folders) ?? path.resolve(file);
    const folders = [...this.folders, path.dirname(main), ownFolder()];
    const root = new library.Root();
    const publicImports = new Map<string, readonly string[]>();
    const names = new Set([main]);
    // The library would read by itself, but throws where nobody catches what is wrong with the types.
    for (const name of names) {
      const known = library.common.get(name);
      if (known !== null) {
        root.addJSON(known.nested!);
        continue;
      }
      const found = find(name, folders);
      if (found === undefined) throw new Error(`'${name}' is in none of ${folders.join(", ")}`);
      const text = await readFile(found, "utf8");
      // Where the library has it from; its types leave it out.
      Object.assign(library.parse, { filename: name });
      const { imports = [], weakImports = [] } = library.parse(text, root, { keepCase: true });
      for (const imported of [...imports, ...weakImports]) names.add(imported);
      publicImports.set(
        name,
        Array.from(text.matchAll(publicImport), ([, imported]) => imported!),
      );
    }
    root.resolveAll();
    const own = new Set([main]);
    for (const name of own) for (const imported of publicImports.get(name) ?? []) own.add(imported);
    return servicesOf(root)
      .filter(({ filename }) => filename !== null && own.has(filename))
      .flatMap(({ methodsArray }) => methodsArray.map(methodOf));
  }
}

const find = (name: string, folders: readonly string[]): string | undefined =>
  folders.map((folder) => path.resolve(folder, name)).find((file) => existsSync(file));

const ownFolder = (): string =>
  path.dirname(createRequire(import.meta.url).resolve("protobufjs/package.json"));

const isService = (one: Protobuf.ReflectionObject): one is Protobuf.Service => "methods" in one;

const servicesOf = (space: Protobuf.NamespaceBase): Protobuf.Service[] =>
  space.nestedArray.flatMap((one) => {
    if (isService(one)) return [one];
    return "nestedArray" in one ? servicesOf(one as Protobuf.Namespace) : [];
  });

const methodOf = (method: Protobuf.Method): RpcMethod => {
  const { resolvedRequestType: request, resolvedResponseType: response } = method.resolve() as ResolvedMethod;
  return {
    path: `/${method.parent!.fullName.slice(1)}/${method.name}`,
    isResponseStream: method.responseStream === true,
    bindings: bindingsOf(method),
    encodeRequest: (value) => request.encode(messageOf(request, value)).finish(),
    decodeResponse: (bytes) => JSON.stringify(jsonOf(response, response.decode(bytes))),
  };
};

interface ResolvedMethod extends Protobuf.ReflectionObject {
  readonly resolvedRequestType: Protobuf.Type;
  readonly resolvedResponseType: Protobuf.Type;
}
