import type { ModelProgress } from '../inference/load-progress.ts';
import type { Model } from '../models/registry.ts';
import { builder } from './builder.ts';
import { failable } from './semantic-non-null.ts';

const ModelTaskType = builder.enumType('ModelTask', {
  description: 'A task of models.',
  values: {
    TOKENIZATION: {
      description: 'Splits text into tokens. Every model can do this with its own tokenizer.',
    },
    SENTIMENT: { description: 'Scores the sentiment of a text.' },
    NER: { description: 'Finds named entities in a text.' },
    EMBEDDING: {
      description: 'Turns texts and words into vectors, which have similar directions if their meanings are similar.',
    },
  },
});

const ModelStateType = builder.enumType('ModelState', {
  description: 'Whether a model can be used now.',
  values: {
    AVAILABLE: { description: 'Registered but not loaded; it is loaded on first use.' },
    LOADING: { description: 'Being fetched or loaded.' },
    READY: { description: 'Loaded and warm.' },
    FAILED: { description: 'Its load failed; `failure` says why. It is retried after a pause, or with `loadModel`.' },
  },
});

export const ModelType = builder.objectRef<Model>('Model').implement({
  description: 'A model, or a tokenizer without a model.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What the `model` argument takes.' }),
    task: t.expose('task', { type: ModelTaskType, description: 'Its task.' }),
    state: t.expose('state', { type: ModelStateType, description: 'Whether it can be used now.' }),
    bundled: t.exposeBoolean('bundled', {
      description: 'Whether it comes with the server, so that no download is needed.',
    }),
    labels: t.exposeStringList('labels', {
      description: 'Its labels, in the order of its outputs; empty for TOKENIZATION and EMBEDDING.',
    }),
    maxTokens: t.exposeInt('maxTokens', { description: 'Longest input in tokens, including special tokens.' }),
    vocabularySize: t.exposeInt('vocabularySize', { description: 'Number of tokens in its vocabulary.' }),
    device: t.exposeString('device', { description: 'The device it runs on, as in `cpu`.' }),
    dtype: t.exposeString('dtype', {
      description: 'Type of its weights, as in `q8` (int8); `none` for TOKENIZATION.',
    }),
    sizeBytes: t.exposeFloat('sizeBytes', {
      nullable: true,
      description:
        'Bytes of all files of its weights, or of its other files for TOKENIZATION; null before they are cached. A Float, since weights may have more bytes than an Int can count.',
    }),
    description: t.exposeString('description', { description: 'What it is, and how accurate.' }),
    license: t.exposeString('license', { nullable: true, description: 'SPDX identifier of its licence.' }),
    failure: t.string({
      nullable: true,
      description: 'Why its last load failed, while it is FAILED.',
      resolve: ({ state, failure }) => (state === 'FAILED' ? (failure ?? null) : null),
    }),
  }),
});

const ModelProgressType = builder.objectRef<ModelProgress>('ModelProgress').implement({
  description: 'The progress of loading a model.',
  fields: (t) => ({
    model: t.expose('model', { type: ModelType, description: 'The model, with its current state.' }),
    file: t.exposeString('file', { nullable: true, description: 'The file that is being fetched; null if none is.' }),
    receivedBytes: t.exposeFloat('receivedBytes', { description: 'Bytes received of all its files.' }),
    totalBytes: t.exposeFloat('totalBytes', {
      nullable: true,
      description: 'Bytes of all its files; null until all of their sizes are known.',
    }),
    fraction: t.exposeFloat('fraction', {
      nullable: true,
      description: 'Part of the bytes that has been received, 0 to 1.',
    }),
  }),
});

const idArg = builder.args((t) => ({ id: t.id({ required: true, description: 'The id of a model, from `models`.' }) }));

builder.queryField('models', (t) =>
  t.field({
    type: [ModelType],
    description:
      'All models of this server. The first of each task is its default. A model that is AVAILABLE is fetched and loaded on first use.',
    resolve: (_root, _args, { operation }) => operation.registry.models,
  }),
);

builder.mutationField('loadModel', (t) =>
  t.field({
    type: ModelType,
    ...failable,
    description:
      'Fetches and loads a model before it is used, or again if that has failed or its files have changed. Fails with MODEL_UNAVAILABLE and the reason. On a server with authentication it requires a key or token that may load models.',
    args: {
      ...idArg,
      wait: t.arg.boolean({
        required: true,
        defaultValue: true,
        description: 'Whether to answer when it is READY instead of at once; `modelProgress` reports the progress.',
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
      'The progress of loading a model: now, and on each change until it is READY or FAILED. It does not start a load.',
    args: idArg,
    subscribe: (_root, { id }, { operation }) =>
      operation.loader.events.follow(operation.registry.get(id), operation.signal),
    resolve: (progress) => progress,
  }),
);
