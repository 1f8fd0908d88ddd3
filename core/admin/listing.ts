import type { Context } from "hono";
import type { StoredRow } from "../ports/store.ts";
import type { Values } from "../schema/index.ts";
import { type Access, invalidOption, page, type PageOptions } from "../store/index.ts";
import { StoreProblem } from "../store/index.ts";
import type { Keeper, Parent } from "./keeper.ts";

const defaultSize = 100;
export const maxSize = 1_000;
const maxTags = 5;

const isWellFormed = (tag: string): boolean => /^[\x20-\x2b\x2d\x2e\x30-\x7e\u{80}-\u{10ffff}]+$/u.test(tag);

/** The number of rows that a page is asked for. @throws StoreProblem */
export const sizeOf = (text: string | undefined): number => {
  if (text === undefined) return defaultSize;
  const size = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(size)) throw new StoreProblem("invalidSize", "size must be a number");
  if (!Number.isInteger(size) || size < 1 || size > maxSize)
    throw new StoreProblem("invalidSize", `size must be an integer between 1 and ${maxSize}`);
  return size;
};

/** `a,b`: rows with both tags; `a/b`: with either. @throws StoreProblem */
const tagsOf = (text: string | undefined): PageOptions["tags"] => {
  if (text === undefined) return undefined;
  if (text === "") throw invalidOption("tags", "cannot be null");
  const match = text.includes("/") ? "any" : "all";
  const values = text.split(match === "any" ? "/" : ",");
  if (values.some((tag) => !isWellFormed(tag))) throw invalidOption("tags", "invalid filter syntax");
  if (values.length > maxTags) throw invalidOption("tags", `cannot query more than ${maxTags} tags`);
  return { match, values };
};

const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The path of the next page: `offset`, then what else was asked for. */
export const nextPath = (
  path: string,
  parameters: readonly (readonly [string, string | undefined])[],
): string =>
  `${path}?${parameters.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${escaped(value)}`)).join("&")}`;

export const listed = async (
  access: Access,
  keeper: Keeper,
  rows: readonly StoredRow[],
): Promise<readonly Values[]> => Promise.all(rows.map(async (row) => keeper.show(access, row)));

/**
 * One page of a collection.
 *
 * @param path Of the collection, for the link to the next page.
 * @param parent The row whose children are listed. Then tags are not looked at, and the link carries only the offset.
 */
export const list = async (
  access: Access,
  keeper: Keeper,
  context: Context,
  path: string,
  parent?: Parent,
): Promise<Values> => {
  const { size, offset, tags } = context.req.query();
  const found = await page(access, keeper.entity, {
    size: sizeOf(size),
    offset,
    ...(parent === undefined ? withTags(tagsOf(tags)) : { reference: parent }),
  });
  const data = await listed(access, keeper, found.rows);
  if (found.offset === undefined) return { data, next: null };
  const rest =
    parent === undefined
      ? ([
          ["tags", tags],
          ["size", size],
        ] as const)
      : [];
  return { data, offset: found.offset, next: nextPath(path, [["offset", found.offset], ...rest]) };
};

const withTags = (tags: PageOptions["tags"]): Pick<PageOptions, "tags"> =>
  tags === undefined ? {} : { tags };
