import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { useService } from '../service.ts';
import { CHROMIUM, executeIn, hasChromium, useChromium } from './chromium.ts';

describe.skipIf(!hasChromium)(`GraphiQL in a browser (skipped if ${CHROMIUM} is missing)`, () => {
  const service = useService();
  const visit = useChromium();
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  test('runs a query and a subscription from its tabs without loading anything from elsewhere', async () => {
    const { page, problems } = await visit(url);
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));

    const editor = page.locator('.graphiql-query-editor');
    await editor.getByText('query').first().waitFor();
    const result = page.locator('.result-window');
    await executeIn(page);
    await result.getByText('"Tim Cook"').first().waitFor();
    expect(sockets).toEqual([]);

    const examples = readdirSync(new URL('../../schema/operations/', import.meta.url));
    expect(await page.getByLabel('Examples').locator('option').count()).toBe(examples.length + 1);
    expect(await page.getByRole('link', { name: /page that reads/ }).getAttribute('href')).toBe('./');

    await page.getByLabel('Examples').selectOption('analyze');
    await page.getByRole('tab', { name: 'Analyze' }).waitFor();
    await editor.getByText('subscription').first().waitFor();
    await executeIn(page);
    await result.getByText('"AnalysisCompleted"').first().waitFor();
    expect(new Set(sockets)).toEqual(new Set([url.replace('http', 'ws')]));
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
