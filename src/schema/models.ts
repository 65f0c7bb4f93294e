import type { ModelProgress } from '../inference/load-progress.ts';
import type { Model } from '../models/registry.ts';
import { builder } from './builder.ts';
import { failable } from './semantic-non-null.ts';

const ModelTaskType = builder.enumType('ModelTask', {
  description: 'What a model does.',
  values: {
    TOKENIZATION: {
      description: 'Splits text into tokens. Every model can do this with its own tokenizer.',
    },
    SENTIMENT: { description: 'Scores the sentiment of a text.' },
    NER: { description: 'Finds named entities in a text.' },
    EMBEDDING: {
      description: 'Turns texts and words into vectors; those of similar meaning point in similar directions.',
    },
  },
});

const ModelStateType = builder.enumType('ModelState', {
  description: 'Whether a model can be used now.',
  values: {
    AVAILABLE: { description: 'Registered but not loaded; it is loaded on first use.' },
    LOADING: { description: 'Being fetched or loaded.' },
    READY: { description: 'Loaded and warm.' },
    FAILED: { description: 'Its load failed; `failure` says why. It is tried again after a pause, or by `loadModel`.' },
  },
});

export const ModelType = builder.objectRef<Model>('Model').implement({
  description: 'A model, or a tokenizer without a model.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What the `model` argument takes.' }),
    task: t.expose('task', { type: ModelTaskType, description: 'What it does.' }),
    state: t.expose('state', { type: ModelStateType, description: 'Whether it can be used now.' }),
    bundled: t.exposeBoolean('bundled', { description: 'Comes with the server, so that no download is needed.' }),
    labels: t.exposeStringList('labels', {
      description: 'Its labels, in the order of its outputs; empty for TOKENIZATION and EMBEDDING.',
    }),
    maxTokens: t.exposeInt('maxTokens', { description: 'Longest input in tokens, special tokens included.' }),
    vocabularySize: t.exposeInt('vocabularySize', { description: 'Tokens in its vocabulary.' }),
    device: t.exposeString('device', { description: 'Where it runs, as in `cpu`.' }),
    dtype: t.exposeString('dtype', {
      description: 'Type of its weights, as in `q8` (int8); `none` for TOKENIZATION.',
    }),
    sizeBytes: t.exposeFloat('sizeBytes', {
      nullable: true,
      description:
        'Bytes of all files of its weights, or of its other files for TOKENIZATION; null before they are cached. A Float, since weights may have more bytes than an Int can count.',
    }),
    description: t.exposeString('description', { description: 'What it is, and how good.' }),
    license: t.exposeString('license', { nullable: true, description: 'SPDX identifier of its licence.' }),
    failure: t.string({
      nullable: true,
      description: 'Why its last load failed, while it is FAILED.',
      resolve: ({ state, failure }) => (state === 'FAILED' ? (failure ?? null) : null),
    }),
  }),
});

const ModelProgressType = builder.objectRef<ModelProgress>('ModelProgress').implement({
  description: 'How far a model is on its way to READY.',
  fields: (t) => ({
    model: t.expose('model', { type: ModelType, description: 'The model, with its state now.' }),
    file: t.exposeString('file', { nullable: true, description: 'The file that is being fetched; null if none is.' }),
    receivedBytes: t.exposeFloat('receivedBytes', { description: 'Bytes of its files that have been received.' }),
    totalBytes: t.exposeFloat('totalBytes', {
      nullable: true,
      description: 'Bytes of all its files; null while not all of their sizes are known.',
    }),
    fraction: t.exposeFloat('fraction', { nullable: true, description: 'Share that has been received, 0 to 1.' }),
  }),
});

const idArg = builder.args((t) => ({ id: t.id({ required: true, description: 'The id of one of `models`.' }) }));

builder.queryField('models', (t) =>
  t.field({
    type: [ModelType],
    description:
      'All models that this server knows. The first of a task is its default. A model that is AVAILABLE is fetched and loaded when it is first used.',
    resolve: (_root, _args, { operation }) => [...operation.registry.models],
  }),
);

builder.mutationField('loadModel', (t) =>
  t.field({
    type: ModelType,
    ...failable,
    description:
      'Fetches and loads a model before it is used, or again if that has failed or its files have changed. Fails with MODEL_UNAVAILABLE and the reason. If the server asks for keys or tokens, it takes one that may load models.',
    args: {
      ...idArg,
      wait: t.arg.boolean({
        required: true,
        defaultValue: true,
        description: 'Whether to answer once it is READY, or at once; `modelProgress` tells how far it is.',
      }),
    },
    resolve: async (_root, { id, wait }, { operation }) => {
      operation.checkMayLoadModels();
      const model = operation.registry.get(id);
      await operation.loader.reload(model, wait, operation.signal);
      return model;
    },
  }),
);

builder.subscriptionField('modelProgress', (t) =>
  t.field({
    type: ModelProgressType,
    description:
      'How far a model is: now, and whenever that changes, until it is READY or FAILED. It loads nothing by itself.',
    args: idArg,
    subscribe: (_root, { id }, { operation }) =>
      operation.loader.events.follow(operation.registry.get(id), operation.signal),
    resolve: (progress) => progress,
  }),
);
