import { readFileSync } from 'node:fs';
import type { Aggregation } from '../../src/client/graphql.ts';

type Range = readonly [start: number, end: number];

/** Positions of something in a text, in all three units. */
export interface GoldenOffsets<T> {
  readonly codePoint: T;
  readonly utf16: T;
  readonly utf8: T;
}

export interface GoldenTokens extends GoldenOffsets<readonly (Range | null)[]> {
  readonly text: string;
  readonly options: {
    readonly add_special_tokens?: boolean;
    readonly max_length?: number;
    readonly padding?: 'max_length';
    readonly truncation?: boolean;
  };
  readonly ids: readonly number[];
  readonly pieces: readonly string[];
  readonly attentionMask: readonly number[];
  readonly typeIds: readonly number[];
  readonly special: readonly number[];
  readonly wordIndex: readonly (number | null)[];
  readonly decoded: string;
}

export interface GoldenSentiment {
  readonly text: string;
  readonly tokenCount: number;
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface GoldenEntity extends GoldenOffsets<Range> {
  readonly type: string;
  readonly text: string;
  readonly confidence: number;
}

export type GoldenEntities = { readonly text: string; readonly tokenCount: number } & Readonly<
  Record<Aggregation, readonly GoldenEntity[]>
>;

/** Reads a file of outputs of the reference implementation; `golden/README.md` tells how they were made. */
export function readGolden<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8')) as readonly T[];
}

/** The unit of each offset encoding in the golden files. */
export const UNITS = { UTF16: 'utf16', CODE_POINT: 'codePoint', UTF8_BYTE: 'utf8' } as const;
