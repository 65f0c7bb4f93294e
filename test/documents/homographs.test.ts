import { expect, test } from 'vitest';
import { WordSensesDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

/** Words that mean two things, with three sentences for each. */
const HOMOGRAPHS: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  bank: [
    [
      'We sat on the bank and fished.',
      'The river burst its bank after the rain.',
      'Ducks slept on the grassy bank of the canal.',
    ],
    ['The bank refused the loan.', 'She opened an account at the bank.', 'He works for a large investment bank.'],
  ],
  patient: [
    [
      'The patient was taken to the hospital.',
      'The nurse asked the patient how he felt.',
      'Each patient gets a bed by the window.',
    ],
    ['Be patient, it takes a while.', 'She was patient with the children.', 'You need to stay calm and patient.'],
  ],
  bat: [
    [
      'A bat hung from the roof of the cave.',
      'The bat flew out at dusk to hunt insects.',
      'This bat sleeps through the winter.',
    ],
    [
      'He swung the bat and missed the ball.',
      'She bought a new baseball bat.',
      'The player broke his bat in the first inning.',
    ],
  ],
  spring: [
    ['The garden blooms in spring.', 'We married in the spring of last year.', 'After winter comes spring.'],
    [
      'The spring in the mattress is broken.',
      'A steel spring pushes the lid open.',
      'Replace the spring of the clock.',
    ],
  ],
  match: [
    ['They won the match by two goals.', 'The tennis match lasted five hours.', 'Tickets for the match are sold out.'],
    [
      'He struck a match and lit the candle.',
      'The match went out in the wind.',
      'She lit the fire with a single match.',
    ],
  ],
  crane: [
    [
      'A crane lifted the steel beams.',
      'The crane on the building site is yellow.',
      'They rented a crane to move the boat.',
    ],
    [
      'A crane stood on one leg in the marsh.',
      'The crane spread its grey wings.',
      'Each autumn the crane flies south.',
    ],
  ],
  seal: [
    ['A seal swam beside the boat.', 'The seal ate a fish on the rocks.', 'The baby seal has white fur.'],
    ['The letter bore the royal seal.', 'He broke the seal and read the letter.', 'A wax seal closed the envelope.'],
  ],
  plant: [
    ['Water the plant once a week.', 'This plant needs a lot of light.', 'A tall green plant stood by the window.'],
    [
      'The plant builds two thousand cars a day.',
      'Workers at the steel plant went on strike.',
      'The power plant was shut down.',
    ],
  ],
  light: [
    ['The suitcase is light and easy to carry.', 'Feathers are very light.', 'We had only a light meal.'],
    ['Turn off the light in the hall.', 'The light of the moon fell on the lake.', 'A bright light woke him.'],
  ],
  band: [
    ['The band played until midnight.', 'Her favourite band has a new drummer.', 'A jazz band opened the festival.'],
    ['He put a rubber band around the letters.', 'A gold band shone on her finger.', 'The elastic band snapped.'],
  ],
};

const service = useService();

test('for most homographs, occurrences of the same sense are more similar than those of another', async () => {
  const rows: { word: string; same: number; other: number; nearer: string }[] = [];
  let right = 0;
  let all = 0;
  for (const [word, senses] of Object.entries(HOMOGRAPHS)) {
    const texts = senses.flat();
    const { wordSenses } = await service.data(WordSensesDocument, { word, texts });
    expect(wordSenses?.occurrences.map(({ textIndex }) => textIndex)).toEqual([...texts.keys()]);
    const senseOf = texts.map((_, index) => (index < senses[0].length ? 0 : 1));
    const [same, other]: [number[], number[]] = [[], []];
    wordSenses?.similarities.forEach((row, a) => {
      row.forEach((value, b) => {
        if (a < b) (senseOf[a] === senseOf[b] ? same : other).push(value);
      });
    });
    // How often a pair of the same sense is nearer than a pair of different ones.
    const nearer = same.flatMap((value) => other.map((each) => value > each)).filter(Boolean).length;
    right += nearer;
    all += same.length * other.length;
    rows.push({ word, same: mean(same), other: mean(other), nearer: share(nearer, same.length * other.length) });
  }
  console.table(rows);
  console.log(`A pair of the same sense is nearer than a pair of different ones: ${share(right, all)}`);
  expect(rows.filter(({ same, other }) => same > other).length).toBeGreaterThanOrEqual(8);
});

function mean(numbers: readonly number[]): number {
  return Math.round((1000 * numbers.reduce((sum, value) => sum + value, 0)) / numbers.length) / 1000;
}

function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
