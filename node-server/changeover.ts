import type { Member } from "./member.ts";
import type { ToWorker } from "./messages.ts";

/** Gives one worker a whole configuration. @throws Error when it can't be compiled. */
export const bring = async (
  member: Member,
  message: Extract<ToWorker, { type: "prepare" }>,
): Promise<void> => {
  const { version } = message;
  const prepared = member.next("prepared");
  member.send(message);
  const answer = await prepared;
  if (answer?.problem !== undefined) throw new Error(answer.problem);
  const committed = member.next("committed");
  member.send({ type: "commit", version });
  await committed;
  member.version = version;
};

/**
 * Brings workers to a version together: every one prepares, then every one swaps.
 *
 * @param message What each prepares from.
 * @param accept Called between the two: it can be done.
 * @throws Error when one can't prepare; none has swapped then.
 */
export const changeOver = async (
  members: readonly Member[],
  version: number,
  message: ToWorker,
  accept: () => void,
): Promise<void> => {
  const prepared = await Promise.all(
    members.map((member) => {
      const answer = member.next("prepared");
      member.send(message);
      return answer;
    }),
  );
  const problem = prepared.find((answer) => answer?.problem !== undefined)?.problem;
  if (problem !== undefined) throw new Error(problem);
  accept();
  await Promise.all(
    members.map((member) => {
      const answer = member.next("committed");
      member.send({ type: "commit", version });
      return answer.then(() => (member.version = version));
    }),
  );
};
