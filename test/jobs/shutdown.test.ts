import { beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  AnalysisEventsDocument,
  AnalyzeDocument,
  StartAnalysisDocument,
  type StartAnalysisMutation,
} from '../../src/client/graphql.ts';
import { startProcess } from '../process/child.ts';
import { STREAMING } from '../server/transports.ts';
import { useService } from '../service.ts';
import { stepOf } from '../steps.ts';
import { type Event, take } from './watching.ts';

const text = 'Mr. Holmes of Baker Street met Irene Adler in London. '.repeat(1500);
const options = { aggregation: 'FIRST', minConfidence: 0, offsetEncoding: 'UTF16', sentiment: false } as const;

/** Another server, on which readers resume. */
const other = useService();
let otherUrl: string;
beforeAll(async () => {
  otherUrl = await other.server.listen();
});

test.each([...STREAMING])(
  'analyses in memory end with the server, and can be resumed elsewhere: %s',
  async (_name, connect) => {
    const server = startProcess({ JOB_CONCURRENCY: '1', CACHE_BYTES: '0' });
    const url = await server.ready;
    const transport = connect(url);
    onTestFinished(() => void transport.dispose());
    const started: string[] = [];
    for (const idempotencyKey of ['runs', 'waits']) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: StartAnalysisDocument.toString(),
          variables: { input: { ...options, text, idempotencyKey } },
        }),
      });
      const { data } = (await answer.json()) as { data: StartAnalysisMutation };
      started.push(data.startAnalysis.id);
    }
    const [running, waiting] = await Promise.all(
      started.map(async (id, index) => {
        const events: Event[] = [];
        for await (const { data, errors } of transport.run(AnalysisEventsDocument, { id })) {
          if (!data) throw new Error(JSON.stringify(errors));
          if (events.push(stepOf(data.analysisEvents)) === 3 && index === 0) server.child.kill('SIGTERM');
        }
        return events;
      }),
    );
    expect(running?.map(({ sequence }) => sequence)).toEqual([...(running?.keys() ?? [])]);
    expect(running?.at(-1)).toMatchObject({ __typename: 'AnalysisFailed', code: 'SHUTTING_DOWN' });
    expect(waiting).toMatchObject([{ __typename: 'AnalysisFailed', code: 'SHUTTING_DOWN', sequence: 0 }]);
    expect(await server.ended).toMatchObject({ code: 0, signal: null });

    const elsewhere = connect(otherUrl);
    onTestFinished(() => void elsewhere.dispose());
    const after = running?.at(-1)?.cursor ?? null;
    const [next] = await take(elsewhere.run(AnalyzeDocument, { text, after }), 1);
    expect(next?.data?.analyze).toMatchObject({ sequence: running?.at(-1)?.sequence });
  },
);
