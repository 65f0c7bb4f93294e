import type { Model, ModelRegistry } from '../models/registry.ts';
import { builder } from './builder.ts';
import type { ServerFacts, ServerLimits } from './context.ts';
import { AggregationType } from './entities.ts';
import { ModelType } from './models.ts';
import { OffsetEncodingType } from './offsets.ts';
import { LongTextType } from './sentiment.ts';

const ServerLimitsType = builder.objectRef<ServerLimits>('ServerLimits').implement({
  description: 'What one request may ask for. More is refused before any inference.',
  fields: (t) => ({
    maxTextLength: t.exposeInt('maxTextLength', { description: 'UTF-16 code units of one text.' }),
    maxTexts: t.exposeInt('maxTexts', { description: 'Texts of one list.' }),
    maxBodyBytes: t.exposeFloat('maxBodyBytes', { description: 'Bytes of a request or of a WebSocket message.' }),
    maxRequestTokens: t.exposeFloat('maxRequestTokens', {
      description: 'Tokens that the models may be given for one operation.',
    }),
    maxResultSize: t.exposeFloat('maxResultSize', { description: 'Bytes of an answer.' }),
    maxDepth: t.exposeInt('maxDepth', { description: 'Levels of nested fields.' }),
    maxAliases: t.exposeInt('maxAliases', { description: 'Aliases of an operation.' }),
    maxSubscriptions: t.exposeInt('maxSubscriptions', { description: 'Operations on one WebSocket at a time.' }),
    requestTimeoutMs: t.exposeInt('requestTimeoutMs', { description: 'Milliseconds that a query may take.' }),
  }),
});

const ServerDefaultsType = builder.objectRef<ModelRegistry>('ServerDefaults').implement({
  description: 'What is taken for an argument that is left out.',
  fields: (t) => ({
    models: t.field({
      type: [ModelType],
      description: 'The default model of each task.',
      resolve: (registry) => defaultsOf(registry.models),
    }),
    aggregation: t.field({
      type: AggregationType,
      description: 'How the labels of tokens become entities.',
      resolve: () => 'FIRST' as const,
    }),
    longText: t.field({
      type: LongTextType,
      description: 'What is done with a text that is longer than a model can read at once.',
      resolve: () => 'WINDOWS' as const,
    }),
    offsetEncoding: t.field({
      type: OffsetEncodingType,
      description: 'The unit of positions.',
      resolve: () => 'UTF16' as const,
    }),
  }),
});

const ServerType = builder.objectRef<ServerFacts>('Server').implement({
  description: 'The server itself.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'Its version, as in `0.2.0`.' }),
    limits: t.expose('limits', { type: ServerLimitsType, description: 'What one request may ask for.' }),
    defaults: t.field({
      type: ServerDefaultsType,
      description: 'What is taken for an argument that is left out.',
      resolve: (_facts, _args, { operation }) => operation.registry,
    }),
  }),
});

builder.queryField('server', (t) =>
  t.field({
    type: ServerType,
    description: 'The version, the limits and the defaults of this server, for clients that adapt to them.',
    resolve: (_root, _args, { operation }) => operation.facts,
  }),
);

/** The first model of each task. */
function defaultsOf(models: readonly Model[]): Model[] {
  return models.filter((model, index) => models.findIndex(({ task }) => task === model.task) === index);
}
