import type { LoggedEvent, NewEvent } from "../ports/eventlog.ts";

/** Where stores tell which rows were written or deleted. */
export const changeChannel = "entities";

/** A row that was written or deleted. */
export interface Change {
  readonly table: string;
  readonly id: string;
}

/** What a store appends to its event log in the transaction that wrote a row. */
export const changeEvent = (
  { table, id }: Change,
  { id: eventId, node, keepMs }: Pick<NewEvent, "id" | "node" | "keepMs">,
): NewEvent => ({
  id: eventId,
  node,
  channel: changeChannel,
  data: JSON.stringify([table, id]),
  delayMs: 0,
  keepMs,
});

export const readChange = ({ data }: Pick<LoggedEvent, "data">): Change => {
  const [table, id] = JSON.parse(data) as [string, string];
  return { table, id };
};
