import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { useService } from '../service.ts';
import { CHROMIUM, executeIn, hasChromium, useChromium } from './chromium.ts';

const KEY = 'a-key-that-only-this-test-knows';
/** Its last event has the entities, too, and stays: a busy browser may never show the others. */
const SUBSCRIPTION =
  'subscription { analyze(text: "Ada lived in London.") { ... on ChunkAnalyzed { entities { text } } ... on AnalysisCompleted { entityGroups { text } } } }';
const sha256 = createHash('sha256').update(KEY).digest('hex');

describe.skipIf(!hasChromium)(`a browser at a server that requires keys (skipped if ${CHROMIUM} is missing)`, () => {
  const service = useService({ API_KEYS: `ada:${sha256}` });
  const visit = useChromium();
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  test('makes the page ask for a key until it has a valid one, and keep it for the tab', async () => {
    const { page } = await visit(new URL('/', url).href);
    const dialog = page.getByRole('dialog', { name: 'This server wants a key' });
    await dialog.getByLabel('Key or token').fill('a wrong one');
    await dialog.getByRole('button', { name: 'Use it' }).click();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#key')?.value === '');
    await dialog.getByLabel('Key or token').fill(KEY);
    await dialog.getByRole('button', { name: 'Use it' }).click();
    await page.locator('#dashboard[data-state=done]').waitFor();
    expect(await page.locator('mark').count()).toBe(7);
    await page.reload();
    await page.locator('#dashboard[data-state=done]').waitFor();
    expect(await dialog.isVisible()).toBe(false);
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(KEY);
    await page.context().close();
  });

  test('makes the page say what is missing if the user has no key', async () => {
    const { page } = await visit(new URL('/', url).href);
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.locator('#server-text', { hasText: 'This server requires a key or token' }).waitFor();
    await page.context().close();
  });

  test('makes GraphiQL ask for the key once, for queries and subscriptions', async () => {
    const { page } = await visit(`${url}#${new URLSearchParams({ query: SUBSCRIPTION })}`);
    const dialog = page.getByRole('dialog');
    await dialog.locator('input').fill(KEY);
    await dialog.getByRole('button', { name: 'Use it' }).click();
    await page.locator('.graphiql-query-editor').getByText('analyze').first().waitFor();
    await executeIn(page);
    await page.locator('.result-window').getByText('"London"').first().waitFor();
    expect(await dialog.count()).toBe(0);
    await page.context().close();
  });

  test('lets GraphiQL use the key that was entered on the page', async () => {
    const { page } = await visit(new URL('/', url).href);
    await page.getByLabel('Key or token').fill(KEY);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.locator('#dashboard[data-state=done]').waitFor();
    await page.getByRole('link', { name: 'GraphiQL', exact: true }).click();
    // Its schema came without a question, so its fields are known.
    await page.locator('.graphiql-query-editor').getByText('entities').first().waitFor();
    await page.getByRole('button', { name: /documentation/i }).click();
    await page.getByText('Query', { exact: true }).first().waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.context().close();
  });

  test('uses a key in the headers of a GraphiQL tab for subscriptions, too', async () => {
    const { page } = await visit(`${url}#${new URLSearchParams({ query: SUBSCRIPTION })}`);
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.locator('.graphiql-query-editor').getByText('analyze').first().waitFor();
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('[aria-label=Headers] .graphiql-editor:not(.hidden) .monaco-editor').click();
    await page.keyboard.insertText(`{"Authorization": "Bearer ${KEY}"}`);
    await page.waitForFunction((key) => {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{"tabs":[]}');
      return tabs[activeTabIndex]?.headers?.includes(key);
    }, KEY);
    await executeIn(page);
    await page.locator('.result-window').getByText('"London"').first().waitFor();
    await page.context().close();
  });
});
