import type { Timing } from '../inference/timing.ts';
import { builder } from './builder.ts';

export const TimingType = builder.objectRef<Timing>('Timing').implement({
  description:
    'How long the parts of a computation took. Texts that are sent at the same time share batches: `batchSize` shows it.',
  fields: (t) => ({
    tokenizeMs: t.exposeFloat('tokenizeMs', {
      description: 'Milliseconds to tokenize the text, including work on other texts meanwhile.',
    }),
    queueMs: t.exposeFloat('queueMs', {
      description: 'Milliseconds until a worker was free; the longest wait of several windows.',
    }),
    inferenceMs: t.exposeFloat('inferenceMs', {
      description: 'Milliseconds in the engine for the whole batch; the sum of several windows.',
    }),
    batchSize: t.exposeInt('batchSize', {
      description: 'Number of sequences in the batch; the largest of several windows.',
    }),
    cached: t.exposeBoolean('cached', { description: 'Whether the result came from the cache.' }),
  }),
});
