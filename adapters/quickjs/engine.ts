import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import releaseVariant from "@jitl/quickjs-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";

// Its types are those of its CommonJS form.
const variant = releaseVariant as unknown as QuickJSSyncVariant;
const pageBytes = 65_536;
/** What the module asks for, reserved rather than used: an engine takes 0.7 MB. */
const initialPages = 256;

/** What of WebAssembly is used; Node's own types know its types alone. */
const { Module, Memory } = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Module: new (bytes: Uint8Array) => never;
      readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => never;
    };
  }
).WebAssembly;

/** Compiled once for a thread, when the first engine is made. */
const compiled: never[] = [];

const wasmModule = (): never => {
  if (compiled.length === 0) {
    const file = createRequire(import.meta.url).resolve("@jitl/quickjs-wasmfile-release-sync/wasm");
    compiled.push(new Module(readFileSync(file)));
  }
  return compiled[0]!;
};

/**
 * An engine with a memory of its own, in 6 ms. That is what bounds memory: QuickJS compiled to WebAssembly does not know the
 * sizes of what it allocated, so that its own limit lets hundreds of megabytes pass.
 *
 * @param maxBytes At least 16 MiB.
 */
export const loadEngine = (maxBytes: number): Promise<QuickJSWASMModule> =>
  newQuickJSWASMModuleFromVariant(
    newVariant(variant, {
      wasmModule: wasmModule(),
      wasmMemory: new Memory({
        initial: initialPages,
        maximum: Math.max(initialPages, Math.ceil(maxBytes / pageBytes)),
      }),
    }),
  );
