/**
 * `npm run verify:hub`: asks the models of the hub what the well-known tutorial asks them, and compares. It needs the
 * hub, or a mirror at `HF_ENDPOINT`, and fetches some 700 MB unless they are in the cache. Ends with 0 if all answers
 * are as expected, with 1 if some are not, and with 2 if the models cannot be fetched.
 */
/** The compiled program has the types of its sources, even if nothing was compiled yet. */
const compiled = new URL('../dist/index.js', import.meta.url).href;
/** @type {typeof import('../src/index.ts')} */
const { createBertql } = await import(compiled);

const SENTIMENT = 'distilbert-base-uncased-finetuned-sst-2-english';
const NER = 'dslim/bert-base-NER';
/** What the tutorial rounds to, and what another engine's arithmetic may add. */
const TOLERANCE = 0.001;

/** @type {readonly (readonly [text: string, label: string, confidence: number])[]} */
const SENTIMENTS = [
  ['I absolutely love this product! Would buy again.', 'POSITIVE', 0.9999],
  ['This product completely transformed my workflow!', 'POSITIVE', 0.9997],
  ['Terrible experience, would not recommend.', 'NEGATIVE', 0.9934],
  ["It's decent for the price, but nothing special.", 'NEGATIVE', 0.9897],
];

const APPLE =
  'Apple CEO Tim Cook announced new AI features at their headquarters in Cupertino, California. Microsoft and Google are also investing heavily in artificial intelligence research.';
/** @type {readonly (readonly [text: string, type: string | undefined])[]} `undefined` stands for any type */
const ENTITIES = [
  ['Apple', 'ORG'],
  ['Tim Cook', 'PER'],
  ['AI', undefined],
  ['Cupertino', 'LOC'],
  ['California', 'LOC'],
  ['Microsoft', 'ORG'],
  ['Google', 'ORG'],
];

let differences = 0;

/** @param {boolean} same @param {string} what @param {string} expected @param {string} came */
function tell(same, what, expected, came) {
  if (!same) differences++;
  console.log(
    `${same ? 'same     ' : 'DIFFERENT'}  ${what}\n           expected ${expected}\n           came     ${came}`,
  );
}

const bertql = await createBertql({ environment: { ...process.env, LOAD: 'WAIT', REQUEST_TIMEOUT_MS: '3600000' } });
try {
  for (const [text, label, confidence] of SENTIMENTS) {
    const result = await bertql.sentiment(text, { model: SENTIMENT });
    const same = result.label === label && Math.abs(result.confidence - confidence) <= TOLERANCE;
    tell(same, text, `${label} ${confidence}`, `${result.label} ${result.confidence.toFixed(4)}`);
  }
  const entities = await bertql.entities(APPLE, { model: NER });
  const same =
    entities.length === ENTITIES.length &&
    ENTITIES.every(([text, type], index) => {
      const entity = entities[index];
      return entity?.text === text && (type === undefined || entity.type === type);
    });
  const expected = ENTITIES.map(([text, type]) => `${text} ${type ?? '(any type)'}`).join(', ');
  tell(same, APPLE, expected, entities.map(({ text, type }) => `${text} ${type}`).join(', ') || 'none');
  console.log(differences === 0 ? 'All is as it should be.' : `${differences} of 5 answers are different.`);
  process.exitCode = differences === 0 ? 0 : 1;
} catch (error) {
  console.error(`The models cannot be had: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
} finally {
  await bertql.close();
}
