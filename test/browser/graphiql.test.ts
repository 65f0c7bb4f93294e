import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { useService } from '../service.ts';
import { CHROMIUM, hasChromium, useChromium } from './chromium.ts';

describe.skipIf(!hasChromium)(`GraphiQL in a browser (skipped if ${CHROMIUM} is missing)`, () => {
  const service = useService();
  const visit = useChromium();
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  // GraphiQL is not ours: if a slow machine makes it miss a click, the test is retried.
  test('runs a query and a subscription from its tabs without loading anything from elsewhere', {
    retry: 2,
    timeout: 60_000,
  }, async () => {
    const { page, problems } = await visit(url);
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));

    const editor = page.locator('.graphiql-query-editor');
    await editor.getByText('query').first().waitFor();
    const run = page.getByRole('button', { name: /execute query/i });
    const result = page.locator('.result-window');
    /** Runs what is in the editor until its result shows: a click before GraphiQL is up does nothing. */
    const runUntil = async (text: string, tries = 5): Promise<void> => {
      await run.click();
      const shown = result.getByText(text).first().waitFor({ timeout: 4000 });
      await (tries > 1 ? shown.catch(() => runUntil(text, tries - 1)) : shown);
    };
    await runUntil('"Tim Cook"');
    expect(sockets).toEqual([]);

    const examples = readdirSync(new URL('../../schema/operations/', import.meta.url));
    expect(await page.getByLabel('Examples').locator('option').count()).toBe(examples.length + 1);
    expect(await page.getByRole('link', { name: /page that reads/ }).getAttribute('href')).toBe('./');

    await page.getByLabel('Examples').selectOption('analyze');
    await page.getByRole('tab', { name: 'Analyze' }).waitFor();
    await editor.getByText('subscription').first().waitFor();
    await runUntil('"AnalysisCompleted"');
    expect(new Set(sockets)).toEqual(new Set([url.replace('http', 'ws')]));
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
