import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { inProcessCall, type ServerContext } from '../server/call.ts';
import type { Operations } from '../server/operations.ts';
import type { EmbeddedPlugin } from './host-plugin.ts';

/** The context of a foreign Yoga's request. */
interface HostContext {
  readonly request?: Request;
}

/**
 * The plugin that runs the graph inside a foreign Yoga, even if it is merged with other schemas. That Yoga decides who
 * may run which documents; all of its operations count as those of one client.
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
  // It provides the context that its parts need, which the type of a plugin for another context cannot express.
  return plugin as unknown as EmbeddedPlugin;
}
