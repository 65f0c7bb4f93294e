import { randomUUID } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import type { Config } from '../config.ts';
import { EVERYBODY } from '../jobs/analysis-record.ts';
import { Operation, type Services } from '../schema/context.ts';
import type { Call, ServerContext } from '../server/call.ts';
import { ClientLedger } from '../server/limits/client-ledger.ts';
import { admitWithin, useAdmission } from '../server/limits/cost-limit.ts';
import type { LiveOperations } from '../server/live-operations.ts';
import { ErrorMask } from '../server/mask-errors.ts';
import { Queries } from '../server/queries.ts';

/** What a Yoga of somebody else knows of a request. */
interface HostContext {
  readonly request?: Request;
}

/**
 * The plugin that lets the graph run inside of a Yoga that is not ours. Who may ask, and what else a request is allowed,
 * is that Yoga's business; all of its operations count as those of one client.
 */
export function embeddedPlugin(services: Services, config: Config, operations: LiveOperations): Plugin {
  const ledger = new ClientLedger({ ...config, maxClientTokens: Number.MAX_SAFE_INTEGER });
  const errors = new ErrorMask(services.reportFailure, config.maxBodyBytes);
  const admit = admitWithin(config, ledger);
  const plugin: Plugin<ServerContext> = {
    onPluginInit: ({ addPlugin }) => {
      addPlugin(operations.plugin());
      addPlugin(errors.plugin());
      addPlugin(new Queries({ operations, errors, admit, watchers: [] }).plugin());
      addPlugin(useAdmission(admit));
    },
    onContextBuilding: ({ context, extendContext }) => {
      const { request }: HostContext = context;
      const requestId = randomUUID();
      extendContext({ call: callOf(requestId), operation: new Operation(services, request?.signal, requestId) });
    },
  };
  // It brings the context that its parts want, which the type of a Yoga with another context cannot say.
  return plugin as unknown as Plugin;
}

function callOf(requestId: string): Call {
  return {
    requestId,
    transport: 'HTTP',
    caller: { id: 'embedded', owner: EVERYBODY, budget: { requestsPerMinute: 0, tokensPerMinute: 0 } },
    address: 'embedded',
    disconnect: () => undefined,
  };
}
