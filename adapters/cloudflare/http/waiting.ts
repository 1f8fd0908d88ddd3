import type { UpstreamFailureCode } from "../../../core/index.ts";

/** Why an exchange with an upstream came to nothing. */
export class Trouble extends Error {
  readonly code: UpstreamFailureCode;

  constructor(code: UpstreamFailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * What `work` gives, within `ms` milliseconds.
 *
 * @param counts Whether the time is the upstream's; while it is not, a deadline that passes begins anew.
 * @throws Trouble with `code` when it takes longer.
 */
export const within = <T>(
  work: Promise<T>,
  ms: number,
  code: UpstreamFailureCode,
  counts: () => boolean = () => true,
): Promise<T> =>
  new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout>;
    const arm = (): void => {
      timer = setTimeout(() => {
        if (counts()) reject(new Trouble(code, `the upstream took longer than ${ms} ms`));
        else arm();
      }, ms);
    };
    arm();
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
