import path from "node:path";
import { checkConf } from "../conf/load.ts";
import { say, verbose, warn } from "./output.ts";

/** `sallyport check <conf>`: every problem of a configuration file. */
export const check = (file: string): void => {
  verbose(`reading config file at ${path.resolve(file)}`);
  for (const warning of checkConf({ file, environment: process.env })) warn(warning);
  say(`configuration at ${path.resolve(file)} is valid`);
};
