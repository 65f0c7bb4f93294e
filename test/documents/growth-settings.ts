import fc from 'fast-check';
import type { OffsetEncoding } from '../../src/documents/offsets.ts';
import { STRATEGIES } from './reading.ts';

export const UNITS: readonly OffsetEncoding[] = ['UTF16', 'CODE_POINT', 'UTF8_BYTE'];

/** How a text that grows is read: small chunks, so that a short text has several, with every strategy and unit. */
export const growthSetting = fc.integer({ min: 8, max: 48 }).chain((chunkTokens) =>
  fc.record({
    chunkTokens: fc.constant(chunkTokens),
    overlapTokens: fc.nat({ max: Math.floor(chunkTokens / 4) }),
    aggregation: fc.constantFrom(...STRATEGIES),
    offsetEncoding: fc.constantFrom(...UNITS),
    sentiment: fc.boolean(),
    seed: fc.nat(),
  }),
);
