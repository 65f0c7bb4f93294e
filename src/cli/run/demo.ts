import type { GraphAccess } from '../../client/graph-client.ts';
import { EntitiesDocument, SentimentDocument, TokenizeDocument } from '../../client/graphql.ts';
import { type ServerFlags, withGraph } from '../graph/open.ts';
import { printLine } from '../terminal.ts';

const SENTENCE = 'I love machine learning!';
const PADDED_LENGTH = 10;
const REVIEWS = [
  'This product completely transformed my workflow!',
  'Terrible experience, would not recommend.',
  "It's decent for the price, but nothing special.",
];
const NEWS =
  'Apple CEO Tim Cook announced new AI features at their headquarters in Cupertino, California. Microsoft and Google are also investing heavily in artificial intelligence research.';

/** Prints what the three programs of a first tutorial on BERT print. */
export async function runDemo(flags: ServerFlags, signal: AbortSignal): Promise<void> {
  await withGraph(flags, 'one', signal, async (graph) => {
    for (const part of [tokens, sentiments, entities]) printLine(await part(graph));
  });
}

async function tokens(graph: GraphAccess): Promise<string> {
  const bare = await graph.query(TokenizeDocument, { text: SENTENCE, addSpecialTokens: false });
  const padded = await graph.query(TokenizeDocument, {
    text: SENTENCE,
    padding: 'MAX_LENGTH',
    maxLength: PADDED_LENGTH,
  });
  return [
    '── Tokens ──',
    `Original text: ${SENTENCE}`,
    `Tokenized text: ${list(bare.tokenize.tokens.map(({ text }) => `'${text}'`))}`,
    `Token IDs: ${list(bare.tokenize.ids)}`,
    `With special tokens, padded to ${PADDED_LENGTH}: ${list(padded.tokenize.ids)}`,
    `Attention mask: ${list(padded.tokenize.attentionMask)}`,
    '',
  ].join('\n');
}

async function sentiments(graph: GraphAccess): Promise<string> {
  const lines = REVIEWS.map(async (text) => {
    const { sentiment } = await graph.query(SentimentDocument, { text });
    return [
      `Text: ${text}`,
      `Sentiment: ${sentiment.label}`,
      `Confidence: ${sentiment.confidence.toFixed(4)}`,
      'Detailed probabilities:',
      ...sentiment.probabilities.map(({ label, probability }) => `  ${label}: ${probability.toFixed(4)}`),
      '',
    ];
  });
  return ['── Sentiment ──', ...(await Promise.all(lines)).flat()].join('\n');
}

async function entities(graph: GraphAccess): Promise<string> {
  const found = await graph.query(EntitiesDocument, { text: NEWS });
  return [
    '── Entities ──',
    `Text: ${NEWS}`,
    'Found entities:',
    ...found.entities.map(({ text, type, confidence }) => `- ${text} (${type}, ${confidence.toFixed(4)})`),
  ].join('\n');
}

function list(items: readonly (string | number)[]): string {
  return `[${items.join(', ')}]`;
}
