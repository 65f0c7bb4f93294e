import type { Model, ModelRegistry } from '../models/registry.ts';
import { builder } from './builder.ts';
import type { ServerFacts, ServerLimits } from './context.ts';
import { AggregationType } from './entities.ts';
import { ModelType } from './models.ts';
import { OffsetEncodingType } from './offsets.ts';
import { LongTextType } from './sentiment.ts';

const ServerLimitsType = builder.objectRef<ServerLimits>('ServerLimits').implement({
  description: 'The limits of one request. A request beyond them is refused before any inference.',
  fields: (t) => ({
    maxTextLength: t.exposeInt('maxTextLength', { description: 'The most UTF-16 code units of one text.' }),
    maxTexts: t.exposeInt('maxTexts', { description: 'The most texts of one list.' }),
    maxBodyBytes: t.exposeFloat('maxBodyBytes', {
      description: 'The most bytes of a request or of a WebSocket message.',
    }),
    maxRequestTokens: t.exposeFloat('maxRequestTokens', {
      description: 'The most tokens that models read for one operation.',
    }),
    maxResultSize: t.exposeFloat('maxResultSize', { description: 'The most bytes of a result.' }),
    maxDepth: t.exposeInt('maxDepth', { description: 'The most levels of nested fields.' }),
    maxAliases: t.exposeInt('maxAliases', { description: 'The most aliases of an operation.' }),
    maxSubscriptions: t.exposeInt('maxSubscriptions', {
      description: 'The most operations on one WebSocket at a time.',
    }),
    requestTimeoutMs: t.exposeInt('requestTimeoutMs', {
      description: 'The most milliseconds that a query or mutation may take.',
    }),
  }),
});

const ServerDefaultsType = builder.objectRef<ModelRegistry>('ServerDefaults').implement({
  description: 'The defaults of arguments.',
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
      description: 'How a text is read that is longer than a model’s input.',
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
  description: 'Facts about the server.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'Its version, as in `0.2.0`.' }),
    limits: t.expose('limits', { type: ServerLimitsType, description: 'The limits of one request.' }),
    defaults: t.field({
      type: ServerDefaultsType,
      description: 'The defaults of arguments.',
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
