import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { inProcessCall, type ServerContext } from '../server/call.ts';
import type { Operations } from '../server/operations.ts';
import type { EmbeddedPlugin } from './host-plugin.ts';

/** What a Yoga of somebody else knows of a request. */
interface HostContext {
  readonly request?: Request;
}

/**
 * The plugin that runs the graph inside of a Yoga that is not ours, also if it is merged with other schemas. Who may
 * ask, and which documents, is that Yoga's business; all of its operations count as those of one client.
 */
export function embeddedPlugin(operations: Operations): EmbeddedPlugin {
  const plugin: Plugin<ServerContext> = {
    onPluginInit: ({ addPlugin }) => {
      addPlugin({
        onEnveloped: ({ context, extendContext }) => {
          const { request }: HostContext = context ?? {};
          extendContext({ call: inProcessCall(randomUUID(), request?.signal) } as object);
        },
      });
      for (const each of operations.executionPlugins) addPlugin(each);
    },
  };
  // It brings the context that its parts want, which no type of a plugin for another context can say.
  return plugin as unknown as EmbeddedPlugin;
}
