import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  AnalysisDocument,
  AnalysisEventsDocument,
  CancelAnalysisDocument,
  FinishTextDocument,
} from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { STORES } from './stores.ts';

const folder = mkdtempSync(join(tmpdir(), 'bertql-owners-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { publicKey, privateKey } = await generateKeyPair('ES256');
const keySet = join(folder, 'keys.json');
writeFileSync(keySet, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] }));
const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const token = (subject: string) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject(subject)
    .setIssuer('the-issuer')
    .setAudience('bertql')
    .setExpirationTime('5m')
    .sign(privateKey);

/** Two callers each; a key and a subject of the same name are not the same caller. */
const OWNERS: readonly (readonly [name: string, one: () => Promise<string>, other: () => Promise<string>])[] = [
  ['two keys', async () => 'key-ada', async () => 'key-bob'],
  ['two subjects', () => token('ada'), () => token('bob')],
  ['a key and a subject of the same name', async () => 'key-ada', () => token('ada')],
];

interface Answer {
  readonly data?: Readonly<Record<string, { readonly id: string; readonly state: string } | null>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const APPEND = 'mutation ($id: ID!) { appendText(id: $id, at: 3, text: "!") { id state } }';
const START = 'mutation ($input: StartAnalysisInput!) { startAnalysis(input: $input) { id state } }';

for (const [store, open, missing] of STORES) {
  describe.skipIf(missing)(`analyses in ${store}`, () => {
    const opened = open();
    const service = useService(() => ({
      API_KEYS: `ada:${sha256('key-ada')},bob:${sha256('key-bob')}`,
      JWT_KEY_SET: keySet,
      JWT_ISSUER: 'the-issuer',
      JWT_AUDIENCE: 'bertql',
      ...opened.settings(),
    }));
    let url: string;
    beforeAll(async () => {
      url = await service.server.listen();
    });

    const as = (secret: string) => {
      const authorization = `Bearer ${secret}`;
      const ask = async (query: string, variables: object): Promise<Answer> => {
        const headers = { 'content-type': 'application/json', authorization };
        const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
        return (await response.json()) as Answer;
      };
      return {
        ask,
        start: async (input: object) => {
          const { data, errors } = await ask(START, { input });
          if (!data?.['startAnalysis']) throw new Error(JSON.stringify(errors));
          return data['startAnalysis'];
        },
        /** The code that the events of an analysis are refused with over each transport; `none` if they are given. */
        refusals: async (id: string) => {
          const query = AnalysisEventsDocument.toString();
          const socket = createSocketClient({
            url: url.replace('http', 'ws'),
            webSocketImpl: WebSocket,
            retryAttempts: 0,
            connectionParams: { authorization },
          });
          const sse = createSseClient({ url, retryAttempts: 0, headers: { authorization } });
          const codes: unknown[] = [];
          for (const client of [socket, sse]) {
            try {
              for await (const { errors } of client.iterate({ query, variables: { id } })) {
                codes.push(errors?.[0]?.extensions?.['code'] ?? 'none');
                break;
              }
            } catch (error) {
              codes.push((error as Answer['errors'])?.[0]?.extensions?.code);
            }
            await client.dispose();
          }
          return codes;
        },
      };
    };

    describe.each(OWNERS)('started by %s', (name, makeOne, makeOther) => {
      const text = `Ada wrote to Bob in Berlin: ${name}.`;

      test('do not exist for anybody else', async () => {
        const one = as(await makeOne());
        const other = as(await makeOther());
        const { id } = await one.start({ text });
        expect(await other.ask(AnalysisDocument.toString(), { id })).toEqual({ data: { analysis: null } });
        const { errors } = await other.ask(CancelAnalysisDocument.toString(), { id });
        expect(errors?.[0]?.extensions?.code).toBe('ANALYSIS_NOT_FOUND');
        expect(await other.refusals(id)).toEqual(['ANALYSIS_NOT_FOUND', 'ANALYSIS_NOT_FOUND']);
        expect(await one.refusals(id)).toEqual(['none', 'none']);
        expect((await one.ask(AnalysisDocument.toString(), { id })).data?.['analysis']?.state).not.toBe('CANCELLED');
      });

      test('are texts that nobody else may append to or finish', async () => {
        const one = as(await makeOne());
        const other = as(await makeOther());
        const { id } = await one.start({ text: 'Ada', open: true });
        for (const change of [APPEND, FinishTextDocument.toString()]) {
          const { errors } = await other.ask(change, { id });
          expect(errors?.[0]?.extensions?.code).toBe('ANALYSIS_NOT_FOUND');
        }
        const { data } = await one.ask('query ($id: ID!) { analysis(id: $id) { text open } }', { id });
        expect(data?.['analysis']).toEqual({ text: 'Ada', open: true });
        for (const change of [APPEND, FinishTextDocument.toString()]) {
          expect((await one.ask(change, { id })).errors).toBeUndefined();
        }
      });

      test('are different although their text is equal', async () => {
        const one = as(await makeOne());
        const other = as(await makeOther());
        const first = await one.start({ text });
        expect((await other.start({ text })).id).not.toBe(first.id);
        expect((await one.start({ text })).id).toBe(first.id);
      });

      test('have idempotency keys of their own', async () => {
        const one = as(await makeOne());
        const other = as(await makeOther());
        const first = await one.start({ text, idempotencyKey: name });
        expect((await other.start({ text: 'Paris', idempotencyKey: name })).id).not.toBe(first.id);
        expect((await one.start({ text, idempotencyKey: name })).id).toBe(first.id);
        const { errors } = await other.ask(START, { input: { text: 'Rome', idempotencyKey: name } });
        expect(errors?.[0]?.message).not.toContain(first.id);
      });
    });
  });
}
