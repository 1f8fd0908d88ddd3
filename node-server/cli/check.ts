import path from "node:path";
import { loadConf } from "../conf/load.ts";

/** `sallyport check <conf>`: every problem of a configuration file. */
export const check = (file: string): void => {
  loadConf({ file, environment: process.env });
  process.stdout.write(`configuration at ${path.resolve(file)} is valid\n`);
};
