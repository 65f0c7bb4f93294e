import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Document, type Stretch } from '../../src/documents/document.ts';
import type { OffsetEncoding } from '../../src/documents/offsets.ts';
import { withoutHalf } from '../../src/documents/surrogates.ts';
import { TextSoFar } from '../../src/documents/text-so-far.ts';
import { useService } from '../service.ts';
import { anyText, story, TIMES } from './growing-texts.ts';
import { ONE_WINDOW } from './reading.ts';

const service = useService();
const documents = { ...ONE_WINDOW, windowsInFlight: 4, maxTextLength: 2_000_000 };
const make = (text: string, unit: OffsetEncoding, stretch?: Stretch) => {
  const { inference } = service.server;
  return new Document(text, unit, inference.loaders(), inference.registry, documents, stretch);
};
const sentenceAt = async (document: Document, position: number) => {
  const sentence = await document.sentenceAt(position);
  return sentence && { ...sentence, document: undefined, id: undefined };
};

describe('the text so far of a reader', () => {
  test('has the sentences of the whole text, wherever the reader is', async () => {
    const steps = fc.array(
      fc.record({ append: fc.nat({ max: 400 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      {
        size: 'max',
        maxLength: 12,
      },
    );
    const unit = fc.constantFrom<OffsetEncoding>('UTF16', 'CODE_POINT', 'UTF8_BYTE');
    const long = fc.array(anyText, { minLength: 1, maxLength: 4 }).map((texts) => texts.join(''));
    let behind = 0;
    await fc.assert(
      fc.asyncProperty(long, steps, unit, async (text, steps, unit) => {
        const soFar = new TextSoFar('analysis', unit, (end, stretch) => make(end, unit, stretch));
        let reached = 0;
        let length = 0;
        for (const { append, share } of steps) {
          // As a stream asks for it: from where the text ended without half a character.
          const part = text.slice(soFar.length, length + append);
          length = Math.min(text.length, length + append);
          soFar.append(part);
          const all = withoutHalf(text.slice(0, length));
          expect(soFar.length).toBe(all.length);
          const whole = make(all, unit);
          const first = reached + Math.floor(share * (all.length - reached));
          for (const position of [first, reached, all.length - 1, 0]) {
            expect(await sentenceAt(soFar.document(), position)).toEqual(await sentenceAt(whole, position));
          }
          expect(soFar.slice(reached, all.length)).toBe(all.slice(reached));
          if (soFar.document().text.length < all.length) behind++;
          reached = first;
          soFar.leave(reached);
        }
        expect(soFar.whole().text).toBe(withoutHalf(text.slice(0, length)));
      }),
      { numRuns: 1800 * TIMES },
    );
    expect(behind).toBeGreaterThan(100);
  });

  test('looks at no more than its end, however long it is', () => {
    const soFar = new TextSoFar('analysis', 'UTF8_BYTE', (end, stretch) => make(end, 'UTF8_BYTE', stretch));
    for (let at = 0; at + 500 <= story.length; at += 500) {
      soFar.append(story.slice(at, at + 500));
      soFar.leave(at);
      expect(soFar.document().text.length).toBeLessThan(3000);
    }
    expect(soFar.length).toBeGreaterThan(40_000);
  });
});
