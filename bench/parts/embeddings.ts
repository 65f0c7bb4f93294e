import type { Bench } from '../bench.ts';
import { Child } from '../child.ts';
import type { PartResult } from '../part.ts';
import type { PipelinesDialogue } from '../pipelines-dialogue.ts';
import { defaultModel } from '../raw-engine.ts';
import { median } from '../statistics.ts';
import { type Load, measure, rowsOf } from './throughput.ts';

const TASK = 'EMBEDDING';
const LOADS: readonly Load[] = [
  { texts: 32, clients: 8, goal: 0.9 },
  { texts: 8, clients: 16, goal: 0.85 },
];
const CALL = { textsPerCall: 32, clients: 8 };

/** Vectors end to end against the raw engine, and against `feature-extraction` of @huggingface/transformers. */
export async function embeddings(bench: Bench): Promise<PartResult> {
  const raw = await bench.raw();
  await raw.prepare(TASK, TASK, bench.corpus.texts);
  // The server loads its model with the first request.
  await bench.load(TASK, CALL.textsPerCall, CALL.clients);
  const measured = await measure(bench, TASK, LOADS);
  const child = new Child<PipelinesDialogue>('pipelines-process');
  try {
    await child.ask('load', { task: TASK, path: (await defaultModel(TASK)).path });
    const called = await child.ask('run', {
      ...CALL,
      task: TASK,
      texts: bench.corpus.texts,
      seconds: bench.effort.windowSeconds,
    });
    const pipelines = called.texts / called.seconds;
    const windows = measured.filter(({ load }) => load.texts === CALL.textsPerCall).map(({ window }) => window);
    const server = median(windows.map(({ sequences, seconds }) => sequences / seconds));
    return {
      rows: [
        ...rowsOf(TASK, measured, LOADS),
        {
          measure: `${TASK}, ${CALL.clients} clients, ${CALL.textsPerCall} texts a call: times feature-extraction`,
          value: server / pipelines,
          unit: '×',
          note: `${server.toFixed(0)} against ${pipelines.toFixed(0)} texts/s`,
        },
      ],
      details: { pipelines: called },
    };
  } finally {
    await child.close();
  }
}
