import { describe, expect, test } from 'vitest';
import type { Aggregation } from '../../src/client/graphql.ts';
import { EntitiesDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { type GoldenEntities, readGolden, UNITS } from './golden.ts';

const service = useService();
const STRATEGIES: readonly Aggregation[] = ['NONE', 'SIMPLE', 'FIRST', 'AVERAGE', 'MAX'];

describe.each(readGolden<GoldenEntities>('entities'))('$text', (golden) => {
  test.each(STRATEGIES)('%s', async (aggregation) => {
    for (const offsetEncoding of ['UTF16', 'CODE_POINT', 'UTF8_BYTE'] as const) {
      const { entities } = await service.data(EntitiesDocument, { text: golden.text, aggregation, offsetEncoding });
      expect(entities.map(({ type, text, start, end }) => ({ type, text, range: [start, end] }))).toEqual(
        golden[aggregation].map((entity) => ({
          type: entity.type,
          text: entity.text,
          range: entity[UNITS[offsetEncoding]],
        })),
      );
      entities.forEach(({ confidence }, index) => {
        expect(Math.abs(confidence - (golden[aggregation][index]?.confidence ?? Number.NaN))).toBeLessThan(1e-3);
      });
    }
  });
});
