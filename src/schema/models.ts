import type { Model } from '../models/registry.ts';
import { builder } from './builder.ts';

const ModelTaskType = builder.enumType('ModelTask', {
  description: 'What a model does.',
  values: {
    TOKENIZATION: {
      description: 'Splits text into the pieces of a vocabulary. Every model can do this with its own vocabulary.',
    },
    SENTIMENT: { description: 'Scores the sentiment of a text.' },
    NER: { description: 'Finds named entities in a text.' },
  },
});

const ModelStateType = builder.enumType('ModelState', {
  description: 'Whether a model can be used now.',
  values: {
    AVAILABLE: { description: 'Known, not loaded.' },
    LOADING: { description: 'Being loaded.' },
    READY: { description: 'Loaded and warm.' },
    FAILED: { description: 'Its load failed.' },
  },
});

export const ModelType = builder.objectRef<Model>('Model').implement({
  description: 'A model, or a vocabulary alone.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What the `model` argument takes.' }),
    task: t.expose('task', { type: ModelTaskType, description: 'What it does.' }),
    state: t.expose('state', { type: ModelStateType, description: 'Whether it can be used now.' }),
    bundled: t.exposeBoolean('bundled', { description: 'Comes with the server, so that no download is needed.' }),
    labels: t.exposeStringList('labels', {
      description: 'Its labels, in the order of its outputs; empty for a vocabulary alone.',
    }),
    maxTokens: t.exposeInt('maxTokens', { description: 'Longest input in tokens, special tokens included.' }),
    vocabularySize: t.exposeInt('vocabularySize', { description: 'Pieces in its vocabulary.' }),
    device: t.exposeString('device', { description: 'Where it runs, as in `cpu`.' }),
    dtype: t.exposeString('dtype', {
      description: 'Type of its weights, as in `q8` (int8); `none` for a vocabulary alone.',
    }),
    sizeBytes: t.exposeInt('sizeBytes', { nullable: true, description: 'Size of its file in bytes.' }),
    description: t.exposeString('description', { description: 'What it is, and how good.' }),
    license: t.exposeString('license', { nullable: true, description: 'SPDX identifier of its licence.' }),
  }),
});

builder.queryField('models', (t) =>
  t.field({
    type: [ModelType],
    description: 'All models that this server knows. The first of a task is its default.',
    resolve: (_root, _args, { operation }) => [...operation.registry.models],
  }),
);
