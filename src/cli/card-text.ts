import { size } from './download-line.ts';
import type { Card } from './run-card.ts';
import { table } from './table.ts';

/** A card for people to read. */
export function cardText(card: Card): string {
  const { machine, memory } = card;
  const facts: (readonly [string, string])[] = [
    ['task', card.task],
    card.dimensions === null
      ? ['labels', card.labels.length === 0 ? 'none' : card.labels.join(', ')]
      : ['vectors', `${whole(card.dimensions)} numbers each`],
    ['licence', card.license ?? 'unknown: ask its makers'],
    ['source', card.source],
    ['size', card.sizeBytes === null ? 'unknown' : `${size(card.sizeBytes)}, ${card.dtype}`],
    ['reads', `${whole(card.maxTokens)} tokens at once, ${whole(card.vocabularySize)} tokens in its vocabulary`],
  ];
  return [
    card.id,
    wrap(card.description),
    table(facts, ['left', 'left']),
    ...(card.scores.length > 0
      ? [table([['on known sets', ''], ...card.scores.map(scoreRow)], ['left', 'right'])]
      : []),
    ...(card.speeds.length > 0 ? [speedText(card)] : []),
    ...(memory
      ? [
          `memory of the process: ${size(memory.without)} without the model, ${size(memory.loaded)} with it in ${threads(machine.workers)}, ${size(memory.used)} after all of this`,
        ]
      : []),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function scoreRow({ set, measure, percent, measured }: Card['scores'][number]): readonly [string, string] {
  return [`${set}, ${measure}${measured ? '' : ' (stated by its makers)'}`, percent.toFixed(1)];
}

function speedText({ machine, device, speeds, batchInvariant }: Card): string {
  const where = `measured now on ${device}: ${machine.processor}, ${machine.cores} cores, ${Math.round(machine.memoryBytes / 2 ** 30)} GiB, Node ${machine.node}, ${threads(machine.workers)}`;
  const rows = speeds.map((each) => [
    `${each.kind}, ${each.tokensPerText} tokens`,
    `${each.aloneMs.toFixed(1)} ms`,
    whole(each.textsPerSecond),
    whole(each.tokensPerSecond),
  ]);
  const note = batchInvariant
    ? ''
    : '\nIts texts run one by one: in a batch, int8 scales that are taken over the whole batch would change their scores.';
  const busy =
    machine.coresInUse < 0.25
      ? ''
      : `\nOther programs used ${machine.coresInUse.toFixed(1)} cores just before: on a quiet machine it is faster.`;
  return `${where}\n${table([['', 'alone', 'texts/s', 'tokens/s'], ...rows])}${note}${busy}`;
}

function threads(count: number): string {
  return `${count} inference thread${count === 1 ? '' : 's'}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Breaks lines at blanks, for a terminal of the usual width. */
function wrap(text: string): string {
  return text.replace(/(.{1,80})(\s|$)/g, '$1\n').trim();
}
