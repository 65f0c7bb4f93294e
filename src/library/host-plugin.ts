/**
 * A plugin for Yoga and Envelop. Its type is this wide because the declarations of `graphql-yoga` do not compile with
 * every `lib`.
 */
export interface EmbeddedPlugin {
  onPluginInit(init: unknown): void;
}
