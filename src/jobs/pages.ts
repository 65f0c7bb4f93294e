import { BertqlError } from '../errors.ts';

/** Default number of items of a page. */
const DEFAULT_PAGE = 50;
/** The most items of a page. */
const LARGEST_PAGE = 1000;

/** A request for a page of a list, as in Relay's connections. */
export interface PageRequest {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** A page of a list, as in Relay's connections. */
export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Number of items of the whole list. */
  readonly totalCount: number;
}

/** The requested number of items. Throws BAD_ARGUMENT. */
export function pageSize({ first }: PageRequest): number {
  if (first == null) return DEFAULT_PAGE;
  if (Number.isInteger(first) && first >= 1 && first <= LARGEST_PAGE) return first;
  throw new BertqlError('BAD_ARGUMENT', `first must be from 1 to ${LARGEST_PAGE}, but it is ${first}.`);
}

/** The cursor of an item: its position in the list with that name. */
export function pageCursor(list: string, ...position: readonly number[]): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/** Decodes a cursor. Throws BAD_ARGUMENT if it is invalid or of another list. */
export function positionAfter(list: string, { after }: PageRequest, numbers: number): readonly number[] | undefined {
  if (after == null) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(after, 'base64url').toString());
  } catch {
    fields = undefined;
  }
  const [name, ...position] = Array.isArray(fields) ? (fields as unknown[]) : [];
  if (
    typeof name !== 'string' ||
    position.length !== numbers ||
    !position.every((each) => Number.isSafeInteger(each))
  ) {
    throw new BertqlError(
      'BAD_ARGUMENT',
      'after must be the `pageInfo.endCursor` of an earlier page, but it is not a cursor.',
    );
  }
  if (name !== list) {
    throw new BertqlError('BAD_ARGUMENT', 'after is a cursor of another list. Send one that came with this list.');
  }
  return position as readonly number[];
}

/**
 * A page of a list.
 *
 * @param from index of the first item of the page
 * @param cursorOf makes the cursor of an item
 */
export function pageOf<Item, Node>(
  items: readonly Item[],
  from: number,
  nodes: readonly Node[],
  cursorOf: (item: Item, index: number) => string,
): Page<Node> {
  const edges = nodes.flatMap((node, offset) => {
    const item = items[from + offset];
    return item === undefined ? [] : [{ node, cursor: cursorOf(item, from + offset) }];
  });
  return {
    edges,
    pageInfo: {
      hasNextPage: from + nodes.length < items.length,
      hasPreviousPage: from > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: items.length,
  };
}
