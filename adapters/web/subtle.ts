import type { Subtle } from "../../core/index.ts";

/** WebCrypto as the platform has it. */
export const webSubtle = crypto.subtle as unknown as Subtle;
