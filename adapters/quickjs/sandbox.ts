import type { QuickJSWASMModule } from "quickjs-emscripten-core";
import type { Script, ScriptFunctions, Scripts, ScriptSpace } from "../../core/index.ts";
import { loadEngine } from "./engine.ts";
import { Interpreter, RunError, type SandboxLimits } from "./interpreter.ts";

/** An interpreter, or the promise of one: after a run that wanted too much another is made. */
class Place {
  private readonly limits: SandboxLimits;
  private interpreter: Interpreter | undefined;
  private coming: Promise<Interpreter>;

  constructor(limits: SandboxLimits, engine = loadEngine(limits.maxBytes)) {
    this.limits = limits;
    this.coming = this.come(engine);
  }

  get ready(): Interpreter | Promise<Interpreter> {
    return this.interpreter ?? this.coming;
  }

  private come(engine: Promise<QuickJSWASMModule>): Promise<Interpreter> {
    return engine.then((module) => (this.interpreter = new Interpreter(module, this.limits)));
  }

  /**
   * Time and memory that ran out leave an interpreter behind that holds what nobody wants, and an overflow of the host's
   * stack one that is in no defined state.
   */
  judge(error: unknown, interpreter: Interpreter): void {
    if ((error instanceof RunError && !error.isFatal) || this.interpreter !== interpreter) return;
    this.interpreter = undefined;
    this.coming = this.come(loadEngine(this.limits.maxBytes));
  }

  /** @throws What the work throws. */
  use<T>(interpreter: Interpreter, work: (interpreter: Interpreter) => T): T {
    try {
      return work(interpreter);
    } catch (error) {
      this.judge(error, interpreter);
      throw error;
    }
  }
}

/** The functions of one configuration. */
class SandboxSpace implements ScriptSpace {
  private readonly place: Place;

  constructor(limits: SandboxLimits) {
    this.place = new Place(limits);
  }

  compile(text: string): Script {
    return (functions) => {
      const { ready } = this.place;
      return ready instanceof Promise
        ? ready.then((interpreter) => this.run(interpreter, text, functions))
        : this.run(ready, text, functions);
    };
  }

  private run(interpreter: Interpreter, text: string, functions: ScriptFunctions): Promise<void> | void {
    const { place } = this;
    const run = { functions, waiting: 0, advanced: undefined };
    return place
      .use(interpreter, () => interpreter.run(text, run))
      ?.catch((error: unknown) => {
        place.judge(error, interpreter);
        throw error;
      });
  }

  close(): void {
    // Its memory goes with it, when nothing refers to it any more.
  }
}

/**
 * Functions run in QuickJS, compiled to WebAssembly: they see the language and `kong`, no clock but Date, and nothing of
 * the process that is not handed to them as text. What they can do is take their time at each request, and use up what the
 * functions they are given use up.
 */
export class Sandbox implements Scripts {
  private readonly limits: SandboxLimits;
  private readonly reader: Place;

  private constructor(limits: SandboxLimits, engine: QuickJSWASMModule) {
    this.limits = limits;
    this.reader = new Place(limits, Promise.resolve(engine));
  }

  /** Ready to check texts when it resolves. */
  static async load(limits: SandboxLimits): Promise<Sandbox> {
    const sandbox = new Sandbox(limits, await loadEngine(limits.maxBytes));
    await sandbox.reader.ready;
    return sandbox;
  }

  check(text: string): void {
    const { ready } = this.reader;
    if (ready instanceof Promise) throw new Error("the reader broke on the text before, try again");
    this.reader.use(ready, (interpreter) => interpreter.check(text));
  }

  open(): ScriptSpace {
    return new SandboxSpace(this.limits);
  }
}
