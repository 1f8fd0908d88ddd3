import type { Case } from "./case.ts";
import { failures } from "./failures.ts";
import { letters } from "./letters.ts";
import { plugins } from "./plugins.ts";
import { requests } from "./requests.ts";
import { responses } from "./responses.ts";
import { routing } from "./routing.ts";

export const cases: readonly Case[] = [
  ...routing,
  ...requests,
  ...responses,
  ...failures,
  ...plugins,
  ...letters,
];
