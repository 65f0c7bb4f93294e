import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useService } from '../service.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(CHROMIUM))(`GraphiQL in a browser (skipped where ${CHROMIUM} is missing)`, () => {
  const service = useService();
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    });
  });
  afterAll(() => browser?.close());

  test('runs a query and a subscription from its tabs, with nothing from elsewhere', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    const { origin } = new URL(url);
    page.on('request', (request) => {
      const target = request.url();
      if (!target.startsWith(origin) && !/^(data|blob):/.test(target)) problems.push(`asks ${target}`);
    });
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));

    await page.goto(origin);
    const run = page.getByRole('button', { name: /execute query/i });
    const result = page.locator('.result-window');
    await run.click();
    await result.getByText('"Tim Cook"').first().waitFor();
    expect(sockets).toEqual([]);

    await page.getByRole('tab', { name: 'Analyze' }).click();
    await run.click();
    await result.getByText('"AnalysisCompleted"').waitFor();
    expect(sockets).toEqual([url.replace('http', 'ws')]);
    expect(problems).toEqual([]);
    await page.close();
  });
});
