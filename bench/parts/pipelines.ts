import type { Bench } from '../bench.ts';
import { Child } from '../child.ts';
import { TASKS, type Task } from '../operations.ts';
import type { PartResult, Row } from '../part.ts';
import type { PipelinesDialogue } from '../pipelines-dialogue.ts';
import { defaultModel } from '../raw-engine.ts';
import { median } from '../statistics.ts';

const CLIENTS = 32;
const TEXTS_PER_CALL = [1, 32];

/** Texts a second of each, measured in turn. */
interface Turn {
  readonly pipelines: number;
  readonly server: number;
  readonly raw: number;
}

/** The server over HTTP against the pipelines of @huggingface/transformers, called without HTTP in one process. */
export async function pipelines(bench: Bench): Promise<PartResult> {
  const child = new Child<PipelinesDialogue>('pipelines-process');
  const rows: Row[] = [];
  const details: Record<string, readonly Turn[]> = {};
  try {
    for (const task of TASKS) {
      await child.ask('load', { task, path: (await defaultModel(task)).path });
      for (const texts of TEXTS_PER_CALL) {
        const turns = await compare(bench, child, task, texts);
        const of = (value: (turn: Turn) => number) => median(turns.map(value));
        details[`${task}, ${texts} a call`] = turns;
        rows.push({
          measure: `${task}, ${CLIENTS} clients, ${texts} ${texts === 1 ? 'text' : 'texts'} a call: times the pipelines`,
          value: of(({ server, pipelines }) => server / pipelines),
          unit: '×',
          goal: { atLeast: 3 },
          note: `${of(({ server }) => server).toFixed(0)} against ${of(({ pipelines }) => pipelines).toFixed(0)} texts/s; the raw engine is ${of(({ raw, pipelines }) => raw / pipelines).toFixed(1)} ×`,
        });
      }
    }
  } finally {
    await child.close();
  }
  return { rows, details };
}

async function compare(bench: Bench, child: Child<PipelinesDialogue>, task: Task, textsPerCall: number) {
  const raw = await bench.raw();
  const { rounds, windowSeconds: seconds } = bench.effort;
  const run = { task, texts: bench.corpus.texts, textsPerCall, clients: CLIENTS, seconds };
  const turns: Turn[] = [];
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const called = await child.ask('run', run);
    const asked = await bench.load(task, textsPerCall, CLIENTS);
    const alone = await raw.run(task, seconds);
    turns.push({
      pipelines: called.texts / called.seconds,
      server: asked.sequences / asked.seconds,
      raw: alone.sequences / alone.seconds,
    });
  }
  return turns;
}
