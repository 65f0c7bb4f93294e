/// <reference types="node" preserve="true" />
/** The library: `createBertql` and the types that it uses. */
export * from './client/graphql.ts';
export { ConfigError } from './config.ts';
export { BertqlError, ERROR_CATALOGUE } from './errors.ts';
export { Bertql, type BertqlOptions, type CallOptions, createBertql, type InferenceFigures } from './library/bertql.ts';
export type { EmbeddedPlugin } from './library/host-plugin.ts';
export { HubError } from './models/hub/hub-error.ts';
export { ModelFolderError } from './models/model-folder-error.ts';
export { RegistrationError } from './models/registration.ts';
