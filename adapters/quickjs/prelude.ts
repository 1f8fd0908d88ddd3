/**
 * What an interpreter runs before any text of a configuration: it takes away what would run long beyond the reach of the
 * interrupt handler, and makes `kong` and the functions of the texts.
 *
 * Loops inside QuickJS's built-in functions ask nobody whether their time is over: on an array of length 2^32, a pretended
 * one of length 2^53, or two texts of megabytes they run for minutes. So the former are for real arrays of at most 10^5
 * elements, the latter for a haystack times needle of at most 10^8. The handler is asked once in 10,000 steps, and each
 * step may be such a function: those with much to do ask by themselves first. Arithmetic with BigInts can't be guarded:
 * there are none.
 */
export const prelude = `
"use strict";
(call, isUsedUp) => {
  const { parse, stringify } = JSON;
  const { isArray } = Array;
  const { apply } = Reflect;
  const Maker = Function;
  const AsyncMaker = (async () => {}).constructor;
  const { exec } = RegExp.prototype;
  // A text may put another function in its place.
  const { String } = globalThis;
  const snake = (name) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

  const mostElements = 1e5;
  const mostWork = 1e8;
  const small = (list) => {
    if (!isArray(list)) throw new TypeError("this is for arrays only");
    if (list.length > mostElements) throw new RangeError("the array is too long");
  };
  const large = 1e3;
  // What the check returns is how much there is to do.
  const guard = (object, name, check) => {
    const method = object[name];
    if (typeof method !== "function") return;
    const guarded = { [name](...args) {
      if (check(this, args) > large && isUsedUp()) throw new Error("interrupted");
      return apply(method, this, args);
    } }[name];
    Object.defineProperty(object, name, { value: guarded, writable: true, configurable: true });
  };
  // These take one step at a time, and the interrupt handler is asked between them.
  const stepwise = new Set(["constructor", "values", "keys", "entries", "push", "pop", "at", "flat", "flatMap"]);
  for (const name of Object.getOwnPropertyNames(Array.prototype)) {
    if (stepwise.has(name)) continue;
    guard(Array.prototype, name, (list, args) => {
      small(list);
      for (let i = 0; i < args.length; i++) {
        if (isArray(args[i])) small(args[i]);
        else if (name === "concat" && (typeof args[i] === "function" || (typeof args[i] === "object" && args[i] !== null)))
          throw new TypeError("concat is for arrays only");
      }
      return list.length;
    });
  }
  guard(Array, "from", (_, [list]) => {
    const count = list === undefined || list === null ? 0 : list.length;
    if (count > mostElements) throw new RangeError("the array is too long");
    return count;
  });
  // How long the lists inside are is told by walking them only.
  const define = (object, name, value) =>
    Object.defineProperty(object, name, { value, writable: true, configurable: true });
  const spread = (list, depth, out) => {
    for (let i = 0; i < list.length; i++) {
      if (!(i in list)) continue;
      if (depth >= 1 && isArray(list[i])) spread(list[i], depth - 1, out);
      else out[out.length] = list[i];
    }
    return out;
  };
  define(Array.prototype, "flat", function flat(depth = 1) {
    small(this);
    return spread(this, Number(depth), []);
  });
  define(Array.prototype, "flatMap", function flatMap(func, self) {
    small(this);
    const out = [];
    for (let i = 0; i < this.length; i++) if (i in this) spread([apply(func, self, [this[i], i, this])], 1, out);
    return out;
  });
  const { get: sourceOf } = Object.getOwnPropertyDescriptor(RegExp.prototype, "source");
  const isRegex = (value) => {
    try {
      return typeof value === "object" && apply(sourceOf, value, []) !== undefined;
    } catch {
      return false;
    }
  };
  // What was measured is what is worked on: an object may be another text each time that it is asked.
  const guardText = (name, check) => {
    const method = String.prototype[name];
    define(String.prototype, name, { [name](...args) {
      if (this === undefined || this === null) throw new TypeError("this is no text");
      const text = String(this);
      if (args[0] !== undefined && !isRegex(args[0])) args[0] = String(args[0]);
      if (check(text, args[0]) > large && isUsedUp()) throw new Error("interrupted");
      return apply(method, text, args);
    } }[name]);
  };
  for (const name of ["indexOf", "lastIndexOf", "includes", "split", "replace", "replaceAll"])
    guardText(name, (text, part) => {
      if (text.length * String(part).length > mostWork) throw new RangeError("the texts are too long");
      return text.length;
    });
  for (const name of ["padStart", "padEnd", "normalize", "localeCompare"])
    guardText(name, (text) => {
      if (text.length > 1e6) throw new RangeError("the text is too long");
      return text.length;
    });
  for (const name of ["concat", "slice", "substring", "substr", "trim", "trimStart", "trimEnd"])
    guardText(name, (text) => text.length);
  for (const name of ["toLowerCase", "toUpperCase", "toLocaleLowerCase", "toLocaleUpperCase"])
    guardText(name, (text) => text.length);
  guardText("repeat", (text, count) => text.length * count);
  for (const name of ["encodeURI", "encodeURIComponent", "decodeURI", "decodeURIComponent", "escape", "unescape"])
    guard(globalThis, name, () => Infinity);
  guard(Reflect, "ownKeys", () => Infinity);
  for (const name of ["getOwnPropertyDescriptors", "getOwnPropertySymbols"]) guard(Object, name, () => Infinity);
  for (const name of ["keys", "values", "entries", "assign", "fromEntries", "getOwnPropertyNames", "freeze", "seal"])
    guard(Object, name, () => Infinity);
  guard(JSON, "stringify", (_, [value, replacer]) => {
    if (isArray(replacer)) small(replacer);
    return typeof value === "string" ? value.length : Infinity;
  });
  guard(JSON, "parse", (_, [text]) => {
    if (String(text).length > 4e6) throw new RangeError("the text is too long");
    return String(text).length;
  });
  guard(String, "raw", (_, [{ raw }]) => small(raw));
  guard(Function.prototype, "apply", (_, [, list]) => { if (list !== undefined && list !== null) small(list); });
  // They make numbers that take seconds to multiply. A text that looks like one is taken for one.
  delete globalThis.BigInt;
  delete globalThis.eval;
  const bigInt = /(?<![\\w$])(?:\\d[\\d_]*|0x[\\da-f_]+|0o[0-7_]+|0b[01_]+)n(?![\\w$])/i;
  const functionOf = (Maker, texts) => {
    for (let i = 0; i < texts.length; i++)
      if (apply(exec, bigInt, [texts[i]]) !== null) throw new SyntaxError("there are no BigInts");
    return apply(Maker, undefined, texts);
  };
  const makers = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (let i = 0; i < makers.length; i++) {
    const Maker = makers[i].constructor;
    const checked = function (...texts) {
      for (let j = 0; j < texts.length; j++) texts[j] = String(texts[j]);
      return functionOf(Maker, texts);
    };
    Object.defineProperty(Object.getPrototypeOf(makers[i]), "constructor", { value: checked });
    checked.prototype = Maker.prototype;
    if (i === 0) globalThis.Function = checked;
  }

  class PDKError extends Error {}
  const read = (path, answer) => {
    if (answer[0] === "e") throw new PDKError("PDK method " + path + " failed: " + answer.slice(1));
    return parse(answer.slice(1));
  };
  const method = (name, path) => (...args) => {
    const answer = call(name, stringify(args));
    return typeof answer === "string" ? read(path, answer) : answer.then((text) => read(path, text));
  };
  const group = (names, name, path) => {
    const { call: own, ...inner } = names;
    const made = own === undefined ? {} : method(name + ".call", path);
    for (const [key, value] of Object.entries(inner)) {
      const at = path + "." + snake(key);
      const full = name === "" ? key : name + "." + key;
      const part = value === true ? method(full, at) : group(value, full, at);
      made[key] = part;
      made[snake(key)] = part;
    }
    return Object.freeze(made);
  };

  const bodyOf = (text) => {
    try {
      return functionOf(Maker, ["kong", text]);
    } catch (error) {
      try {
        return functionOf(AsyncMaker, ["kong", text]);
      } catch (second) {
        throw /\\bawait\\b/.test(text) ? second : error;
      }
    }
  };
  return {
    check: (text) => void bodyOf(text),
    bind: (names) => group(parse(names), "", "kong"),
    compile(text) {
      const body = bodyOf(text);
      let handler;
      const follow = (made, kong) => {
        if (typeof made !== "function") return undefined;
        handler = made;
        return handler(kong);
      };
      return (kong) => {
        if (handler !== undefined) return handler(kong);
        const made = body(kong);
        return made instanceof Promise ? made.then((later) => follow(later, kong)) : follow(made, kong);
      };
    },
  };
};
`;
