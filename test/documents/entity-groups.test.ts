import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entity } from '../../src/documents/entities.ts';
import type { EntityGroup } from '../../src/documents/entity-groups.ts';
import { useService } from '../service.ts';
import { bare, documentOn } from './reading.ts';

const service = useService();
const EVERYTHING = { aggregation: 'FIRST', minConfidence: 0 } as const;

/** The same names in many spellings. */
const spelling = fc.constantFrom(
  ...['Holmes', 'HOLMES', 'holmes', 'Ｈolmes'],
  ...['New York', 'New\nYork', 'NEW  YORK', 'New\u00a0York'],
  ...['Zoë', 'Zoe\u0308', 'ZOË', 'Paris', 'Berlin'],
);
const text = fc.array(spelling, { maxLength: 40, size: 'max' }).map((names) => names.join(' and '));

const folded = (name: string) => name.normalize('NFKC').toLowerCase().split(/\s+/u).join(' ');

describe('the groups of a document', () => {
  /** Checks something of the groups of any document, and sees that many documents have a name more than once. */
  async function forAllGroups(check: (groups: readonly EntityGroup<Entity>[], entities: readonly Entity[]) => void) {
    let repeated = 0;
    await fc.assert(
      fc.asyncProperty(text, fc.nat(), async (text, seed) => {
        const document = documentOn(service, text, { seed });
        const groups = await document.entityGroups(EVERYTHING);
        if (groups.some(({ count }) => count > 1)) repeated++;
        check(groups, await document.entities(EVERYTHING));
      }),
      { numRuns: 100 },
    );
    expect(repeated).toBeGreaterThan(30);
  }

  test('have every entity once, and nothing else', async () => {
    await forAllGroups((groups, entities) => {
      const mentions = groups.flatMap((group) => group.mentions);
      expect(bare([...mentions].sort((a, b) => a.start - b.start))).toEqual(bare(entities));
    });
  });

  test('count their mentions, and list them in the order of the text', async () => {
    await forAllGroups((groups, entities) => {
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(entities.length);
      for (const { count, mentions } of groups) {
        expect(mentions).toHaveLength(count);
        const starts = mentions.map(({ start }) => start);
        expect(starts).toEqual([...starts].sort((a, b) => a - b));
      }
    });
  });

  test('are one for each type and name, whatever its case and white space', async () => {
    await forAllGroups((groups) => {
      for (const { type, text, mentions } of groups) {
        for (const mention of mentions) expect([mention.type, folded(mention.text)]).toEqual([type, folded(text)]);
      }
      const keys = groups.map(({ type, text }) => `${type} ${folded(text)}`);
      expect(new Set(keys).size).toBe(keys.length);
    });
  });

  test('are named by the most frequent spelling', async () => {
    await forAllGroups((groups) => {
      for (const { text, mentions } of groups) {
        const uses = (spelling: string) => mentions.filter((mention) => mention.text === spelling).length;
        expect(uses(text)).toBe(Math.max(...mentions.map((mention) => uses(mention.text))));
      }
    });
  });

  test('have the mean confidence of their mentions', async () => {
    await forAllGroups((groups) => {
      for (const { confidence, mentions } of groups) {
        expect(confidence).toBeCloseTo(mentions.reduce((sum, each) => sum + each.confidence, 0) / mentions.length, 10);
      }
    });
  });

  test('are sorted by number of mentions, then by the first mention', async () => {
    await forAllGroups((groups) => {
      groups.slice(1).forEach(({ count, mentions }, index) => {
        const before = groups[index];
        if (!before || before.count > count) return;
        expect(before.count).toBe(count);
        expect(before.mentions[0]?.start).toBeLessThan(mentions[0]?.start ?? 0);
      });
    });
  });
});
