import {
  DefaultIntrinsics,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import type { ScriptFunctions } from "../../core/index.ts";
import { answerOf, namesOf } from "./answer.ts";
import { Allowance } from "./allowance.ts";
import { prelude } from "./prelude.ts";

/** What a configuration's functions may use. */
export interface SandboxLimits {
  /** Milliseconds at a time, see {@link Allowance}. */
  readonly maxMs: number;
  /** Bytes for all of a configuration's, engine included; at least 16 MiB. */
  readonly maxBytes: number;
}

/** Bytes of stack: what overflows must overflow in the interpreter, before the host's stack does (some 700 KiB). */
const maxStackBytes = 64 * 1024;

/** A run that came to nothing. `isFatal`: the interpreter is not to be used any more. */
export class RunError extends Error {
  readonly isFatal: boolean;

  constructor(message: string, isFatal: boolean) {
    super(message);
    this.isFatal = isFatal;
  }
}

/** One run of one function. */
export interface Run {
  readonly functions: ScriptFunctions;
  /** Answers of the host that are on their way. */
  waiting: number;
  /** Told when one of them came and was worked on. */
  advanced: ((error: unknown) => void) | undefined;
}

/** An engine with what the functions of one configuration left in it. Who drops it drops everything. */
export class Interpreter {
  private readonly limits: SandboxLimits;
  private readonly runtime: QuickJSRuntime;
  private readonly context: QuickJSContext;
  private readonly maker: QuickJSHandle;
  private readonly kongs = new Map<string, QuickJSHandle>();
  private readonly compiled = new Map<string, QuickJSHandle>();
  private current: Run | undefined;
  private readonly allowance: Allowance;

  constructor(module: QuickJSWASMModule, limits: SandboxLimits) {
    this.limits = limits;
    this.allowance = new Allowance(limits.maxMs);
    this.runtime = module.newRuntime();
    this.runtime.setMaxStackSize(maxStackBytes);
    this.runtime.setInterruptHandler(() => this.allowance.isUsedUp());
    this.context = this.runtime.newContext({
      intrinsics: { ...DefaultIntrinsics, TypedArrays: false, Proxy: false },
    });
    const { context } = this;
    const call = context.newFunction("call", (name, args) =>
      this.called(context.getString(name), context.getString(args)),
    );
    const begin = context.unwrapResult(context.evalCode(prelude));
    const isUsedUp = context.newFunction("isUsedUp", () =>
      this.allowance.isUsedUp() ? context.true : context.false,
    );
    this.maker = context.unwrapResult(context.callFunction(begin, context.undefined, call, isUsedUp));
  }

  /** A method of what the prelude returned. */
  private make(method: "check" | "compile" | "bind", argument: string): QuickJSHandle {
    const { context } = this;
    const func = context.getProp(this.maker, method);
    const text = context.newString(argument);
    const result = context.callFunction(func, context.undefined, text);
    func.dispose();
    text.dispose();
    if (result.error) throw this.failure(result.error);
    return result.value;
  }

  /** @throws RunError for a text that is no body of a function. */
  check(text: string): void {
    this.allowance.begin(1_000);
    this.make("check", text).dispose();
  }

  /** The function of a text, compiled once. */
  private compile(text: string): QuickJSHandle {
    let found = this.compiled.get(text);
    if (found === undefined) {
      this.allowance.begin();
      found = this.make("compile", text);
      this.compiled.set(text, found);
    }
    return found;
  }

  private kong(functions: ScriptFunctions, of: string): QuickJSHandle {
    let found = this.kongs.get(of);
    if (found === undefined) {
      found = this.make("bind", JSON.stringify(namesOf(functions)));
      this.kongs.set(of, found);
    }
    return found;
  }

  /** @returns The promise of a function that waits. @throws RunError */
  run(text: string, run: Run): Promise<void> | undefined {
    const { context } = this;
    const func = this.compile(text);
    this.enter(run);
    const result = context.callFunction(func, context.undefined, this.kong(run.functions, text));
    if (result.error) throw this.failure(result.error);
    const { value } = result;
    if (context.typeof(value) !== "object") {
      value.dispose();
      this.work();
      return undefined;
    }
    return this.settle(value, run);
  }

  private enter(run: Run): void {
    this.current = run;
    this.allowance.begin();
  }

  /** Does what promises left to do. */
  private work(): void {
    while (this.runtime.hasPendingJob()) {
      const result = this.runtime.executePendingJobs();
      if (result.error) throw this.failure(result.error);
      result.dispose();
    }
    // What was interrupted inside a promise is told nobody.
    if (this.allowance.wasUsedUp) throw this.tooLong();
  }

  private tooLong(): RunError {
    return new RunError(`it ran longer than ${this.limits.maxMs} ms`, true);
  }

  private settle(value: QuickJSHandle, run: Run): Promise<void> | undefined {
    this.work();
    if (this.isSettled(value)) return undefined;
    const settled = (): boolean => {
      if (this.isSettled(value)) return true;
      // Nothing but the host's answers can go on with it.
      if (run.waiting > 0) return false;
      value.dispose();
      // Fatal: memory that ran out inside a promise is told nobody and looks the same, and what waits keeps its memory.
      throw new RunError("it waits for what never comes", true);
    };
    settled();
    return new Promise((resolve, reject) => {
      run.advanced = (error) => {
        try {
          if (error !== undefined) throw error as Error;
          if (settled()) resolve();
        } catch (failed) {
          reject(failed);
        }
      };
    });
  }

  /** @throws RunError for a promise that is rejected. */
  private isSettled(value: QuickJSHandle): boolean {
    const state = this.context.getPromiseState(value);
    if (state.type === "pending") return false;
    if (state.type === "fulfilled") {
      if (!state.notAPromise) state.value.dispose();
      value.dispose();
      return true;
    }
    value.dispose();
    throw this.failure(state.error);
  }

  /** The interpreter calls the host. */
  private called(name: string, args: string): QuickJSHandle {
    const { context, current } = this;
    if (current === undefined) return context.newString("ethere is no exchange");
    const answer = answerOf(current.functions, name, args);
    if (typeof answer === "string") return context.newString(answer);
    const promise = context.newPromise();
    current.waiting++;
    void answer.then((text) => this.answered(promise, text, current));
    return promise.handle.dup();
  }

  private answered(promise: ReturnType<QuickJSContext["newPromise"]>, text: string, run: Run): void {
    run.waiting--;
    try {
      this.enter(run);
      const value = this.context.newString(text);
      promise.resolve(value);
      value.dispose();
      promise.dispose();
      this.work();
      run.advanced?.(undefined);
    } catch (error) {
      run.advanced?.(error);
    }
  }

  private failure(error: QuickJSHandle): RunError {
    const told = this.context.dump(error) as { name?: string; message?: string } | string | null | undefined;
    error.dispose();
    if (told === null) return new RunError("no memory was left to say what went wrong", true);
    if (typeof told !== "object") return new RunError(String(told), false);
    if (told.message === "interrupted") return this.tooLong();
    if (told.message === "out of memory")
      return new RunError(`it wanted more than ${this.limits.maxBytes} bytes`, true);
    return new RunError(`${told.name ?? "Error"}: ${told.message ?? ""}`, false);
  }
}
