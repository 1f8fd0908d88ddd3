import { secretOf } from "../conf/sources.ts";
import { type ConfOptions, loadedConf } from "./loaded.ts";
import { say } from "./output.ts";

/** `sallyport vault get <reference>`: what a reference stands for. */
export const vaultGet = (reference: string, options: ConfOptions): void => {
  const { texts } = loadedConf(options);
  const whole = reference.startsWith("{") ? reference : `{vault://${reference}}`;
  say(secretOf(whole, texts, process.env));
};
