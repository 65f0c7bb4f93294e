import type { Timing } from '../inference/timing.ts';
import { builder } from './builder.ts';

export const TimingType = builder.objectRef<Timing>('Timing').implement({
  description:
    'Where the time of a result went. Texts that are asked for at the same time share batches: `batchSize` shows it.',
  fields: (t) => ({
    tokenizeMs: t.exposeFloat('tokenizeMs', {
      description: 'Milliseconds to tokenize the text, with whatever was tokenized beside it.',
    }),
    queueMs: t.exposeFloat('queueMs', {
      description: 'Milliseconds until a worker was free; of several windows the longest wait.',
    }),
    inferenceMs: t.exposeFloat('inferenceMs', {
      description: 'Milliseconds in the engine, of the whole batch; of several windows the sum.',
    }),
    batchSize: t.exposeInt('batchSize', { description: 'Sequences in the batch; of several windows the most.' }),
    cached: t.exposeBoolean('cached', { description: 'The result came from the cache, so nothing was computed.' }),
  }),
});
