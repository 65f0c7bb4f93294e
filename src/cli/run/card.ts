import { type Config, loadConfig } from '../../config.ts';
import type { Inference } from '../../inference/inference.ts';
import { openRegistry } from '../../models/open-registry.ts';
import { ModelRegistry } from '../../models/registry.ts';
import { size } from '../downloads.ts';
import { withInference } from '../graph/inference.ts';
import { count, table } from '../table.ts';
import { printLine, shownJson } from '../terminal.ts';
import { type Card, makeCard } from './card-figures.ts';

/** Prints the card of a model, measured on this machine. A model of the hub is downloaded first. */
export async function printCard(id: string, seconds: number, json: boolean, signal: AbortSignal): Promise<void> {
  const config: Config = { ...loadConfig(), cacheBytes: 0, load: 'WAIT' };
  const { entry } = (await openRegistry(config)).get(id);
  // A registry of its own, so that no other model is in memory.
  const entries = [{ ...entry, preload: false }];
  const registry = await ModelRegistry.open(config.modelsDirectory, { ...config, entries });
  const make = (inference: Inference) => makeCard(inference, registry.get(id), { config, seconds, signal });
  const card = await withInference(registry, config, make, true);
  signal.throwIfAborted();
  printLine(json ? shownJson(card, 2) : cardText(card));
}

/** A card for people to read. */
function cardText(card: Card): string {
  const { machine, memory, scores } = card;
  const facts = [
    ['task', card.task],
    card.dimensions === null
      ? ['labels', card.labels.join(', ') || 'none']
      : ['vectors', `${whole(card.dimensions)} numbers each`],
    ['licence', card.license ?? 'unknown: ask its makers'],
    ['source', card.source],
    ['size', card.sizeBytes === null ? 'unknown' : `${size(card.sizeBytes)}, ${card.dtype}`],
    ['reads', `${whole(card.maxTokens)} tokens at once, ${whole(card.vocabularySize)} tokens in its vocabulary`],
  ];
  const parts = [
    card.id,
    wrap(card.description),
    table(facts, ['left', 'left']),
    scores.length > 0 && table([['on known sets', ''], ...scores.map(scoreRow)], ['left', 'right']),
    card.speeds.length > 0 && speedText(card),
    memory &&
      `memory of the process: ${size(memory.without)} without the model, ${size(memory.loaded)} with it in ${threads(machine.workers)}, ${size(memory.used)} at the end`,
  ];
  return parts.filter(Boolean).join('\n\n');
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
  const lines = [
    where,
    table([['', 'alone', 'texts/s', 'tokens/s'], ...rows]),
    !batchInvariant &&
      'Its texts run one by one: in a batch, int8 scales that are computed over the whole batch would change their scores.',
    machine.coresInUse >= 0.25 &&
      `Other programs used ${machine.coresInUse.toFixed(1)} cores just before: on a quiet machine it is faster.`,
  ];
  return lines.filter(Boolean).join('\n');
}

function threads(number: number): string {
  return count(number, 'inference thread');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Breaks lines at spaces, for a terminal of the usual width. */
function wrap(text: string): string {
  return text.replace(/(.{1,80})(\s|$)/g, '$1\n').trim();
}
