import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { AnalysisDocument, EntitiesDocument } from '../../src/client/graphql.ts';
import { startServer, useService } from '../service.ts';
import { CHROMIUM, hasChromium, useChromium } from './chromium.ts';
import { CuttableProxy } from './cuttable-proxy.ts';
import { pdfOf } from './pdf.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const STORY = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');

describe.skipIf(!hasChromium)(`the page in a browser (skipped if ${CHROMIUM} is missing)`, { timeout: 60_000 }, () => {
  const service = useService();
  const visit = useChromium();
  let origin: string;
  beforeAll(async () => {
    origin = new URL(await service.server.listen()).origin;
  });

  /** What the server finds in a text, as the page should mark it. */
  async function entitiesOf(text: string) {
    const { entities } = await service.data(EntitiesDocument, { text });
    return entities.map(({ text, type, start }) => ({ text, type, start }));
  }

  test('reads its first sample without loading anything from elsewhere', async () => {
    const { page, problems } = await visit(origin);
    await ended(page);
    const text = await shownText(page);
    expect(await marksOf(page)).toEqual((await entitiesOf(text)).map(({ text, type }) => ({ text, type })));
    expect(await marksOf(page)).toHaveLength(7);
    await page.locator('#sentence-counts', { hasText: /^5 sentences: \d positive, \d negative$/ }).waitFor();
    expect(await page.locator('#verdict').textContent()).toBe('Mixed');
    const [, positive] = /(\d) positive/.exec((await page.locator('#sentence-counts').textContent()) ?? '') ?? [];
    const mark = await page.locator('#scale-mark').evaluate((element) => (element as HTMLElement).style.left);
    expect(mark).toBe(`${(100 * Number(positive)) / 5}%`);
    await page.context().close();
    expect(problems).toEqual([]);
  });

  test('marks the right characters of a pasted text, and runs no markup or script in it', async () => {
    const text =
      'Hi 😀 Dani, <img src=x onerror="window.hacked=1"> Tim Cook runs Apple.\r\n\r\n' +
      '👩‍👩‍👧 <script>window.hacked=1</script> Zoë flew to Zürich 🇨🇭 & Straße. {{Paris}}';
    const { page, problems } = await visit(origin);
    await ended(page);
    await paste(page, text);
    await page.locator('#title', { hasText: 'Pasted text' }).waitFor();
    await ended(page);
    expect(await shownText(page)).toBe(text.replace(/\s*\r\n\r\n/, ''));
    const expected = await entitiesOf(text);
    expect(expected.map((entity) => entity.text)).toContain('Tim Cook');
    expect(await marksOf(page)).toEqual(expected.map(({ text, type }) => ({ text, type })));
    expect(await page.locator('#reader img, #reader script').count()).toBe(0);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    await page.context().close();
    expect(problems).toEqual([]);
  });

  test('resumes after the last chunk if the connection is cut, short text or long', async () => {
    await using proxy = await CuttableProxy.open(origin);
    const { page } = await visit(proxy.origin);
    await ended(page);
    for (const text of [STORY.slice(0, 12_000), STORY.slice(0, 24_000)]) {
      await paste(page, text);
      for (const chunks of [2, 4]) {
        await chunksDone(page, chunks);
        proxy.cut();
      }
      await ended(page);
      const expected = await entitiesOf(text);
      const groups = await groupCounts(page);
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
      await showAll(page);
      expect(await marksOf(page)).toEqual(expected.map(({ text, type }) => ({ text: acrossParagraphs(text), type })));
    }
    expect(proxy.cuts).toBe(4);
    await page.context().close();
  });

  test('resumes on the next server if one stops', async () => {
    const first = await startServer();
    const { port, origin } = new URL(await first.listen());
    const { page } = await visit(origin);
    await ended(page);
    const text = STORY.slice(0, 30_000);
    await paste(page, text);
    await chunksDone(page, 3);
    await first.close();
    const second = await startServer({ PORT: port });
    try {
      await second.listen();
      await ended(page);
      // The ribbon resumes, too.
      await page.locator('#sentence-counts', { hasText: /^\d+ sentences: (?!.*not read yet)/ }).waitFor();
      await showAll(page);
      const expected = await entitiesOf(text);
      expect(await marksOf(page)).toEqual(expected.map(({ text, type }) => ({ text: acrossParagraphs(text), type })));
    } finally {
      await page.context().close();
      await second.close();
    }
  });

  test('pauses, resumes, and cancels', async () => {
    const { page, problems } = await visit(origin);
    await ended(page);
    await paste(page, STORY.slice(0, 15_000));
    await chunksDone(page, 1);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('#progress-text', { hasText: /^Paused at \d+ of \d+ chunks$/ }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await ended(page);
    await showAll(page);
    expect(await marksOf(page)).toHaveLength((await entitiesOf(STORY.slice(0, 15_000))).length);

    await paste(page, `${STORY}${STORY}`);
    await chunksDone(page, 1);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('#progress-text', { hasText: /^Cancelled after \d+ of \d+ chunks/ }).waitFor();
    expect(await page.getByRole('button', { name: 'Read again' }).isVisible()).toBe(true);
    await page.context().close();
    expect(problems).toEqual([]);
  });

  test('ends its analysis when it is closed', async () => {
    const { page } = await visit(origin);
    await ended(page);
    await paste(page, STORY);
    await chunksDone(page, 1);
    const { id } = JSON.parse((await page.getByLabel('Variables', { exact: true }).textContent()) ?? '');
    await page.close({ runBeforeUnload: true });
    const state = async () => (await service.data(AnalysisDocument, { id })).analysis?.state;
    await expect.poll(state, { timeout: 10_000 }).toBe('CANCELLED');
    await page.context().close();
  });

  test('reads text, Markdown, HTML and PDF files that are dropped', async () => {
    const { page, problems } = await visit(origin);
    await ended(page);
    const html = `<title>x</title><script>window.hacked = 1</script><img src=x onerror="window.hacked=1">
      <style>p { color: red }</style>
      <p style="margin: 0">Ada Lovelace<br>lived in <b>London</b>.</p>`;
    for (const [name, type, content] of [
      ['letter.txt', 'text/plain', 'Ada Lovelace lived in London.'],
      ['notes.md', 'text/markdown', '# Notes\n\nAda Lovelace lived in **London**.'],
      ['page.html', 'text/html', html],
      ['paper.pdf', 'application/pdf', pdfOf(['Ada Lovelace lived in London.'])],
    ] as const) {
      await drop(page, name, type, content);
      await page.locator('#title', { hasText: name }).waitFor();
      await ended(page);
      expect(await shownText(page), name).not.toMatch(/[#*<]/);
      expect(await marksOf(page), name).toEqual([
        { text: 'Ada Lovelace', type: 'PER' },
        { text: 'London', type: 'LOC' },
      ]);
    }
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    await page.context().close();
    expect(problems).toEqual([]);
  });

  test('says what is wrong with a file that it cannot read', async () => {
    const { page } = await visit(origin);
    await ended(page);
    await drop(page, 'paper.pdf', 'application/pdf', 'no PDF');
    await page.getByRole('alert').filter({ hasText: 'paper.pdf cannot be read as PDF.' }).waitFor();
    await drop(page, 'photo.png', 'image/png', 'no text');
    await page.getByRole('alert').filter({ hasText: 'photo.png is not a text' }).waitFor();
    await page.context().close();
  });

  test('goes through the mentions of a name, by mouse and by key', async () => {
    const { page } = await visit(origin);
    await ended(page);
    await paste(page, 'Ada met Charles Babbage in London. Then Ada left London. Ada wrote.');
    await page.locator('#groups .name', { hasText: /^Ada$/ }).waitFor();
    await ended(page);
    const ada = page.locator('.group', { has: page.locator('.name', { hasText: /^Ada$/ }) });
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-n'));
    await ada.locator('.go').click();
    expect([await focused(), await ada.locator('.count').textContent()]).toEqual(['0', '1 of 3']);
    await ada.locator('.go').click();
    expect([await focused(), await ada.locator('.count').textContent()]).toEqual(['3', '2 of 3']);
    expect(await page.locator('mark.active').count()).toBe(3);
    await ada.getByRole('button', { name: 'Previous mention' }).click();
    expect(await focused()).toBe('0');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('mark:focus').textContent()).toBe('Charles Babbage');
    const card = page.getByRole('tooltip');
    expect(await card.textContent()).toMatch(/Person.*confidence.*%.*characters8–23.*mention1 of 1/);
    expect(await page.locator('mark:focus').getAttribute('aria-describedby')).toBe('card');
    await page.context().close();
  });

  test('goes from sentence to sentence on the ribbon', async () => {
    const { page, problems } = await visit(origin);
    await ended(page);
    await page.locator('#sentence-counts', { hasText: /^5 sentences: / }).waitFor();
    const ribbon = page.getByRole('slider', { name: 'Sentiment, sentence by sentence' });
    await ribbon.focus();
    await page.keyboard.press('End');
    expect(await ribbon.getAttribute('aria-valuenow')).toBe('5');
    expect(await ribbon.getAttribute('aria-valuetext')).toMatch(/^Sentence 5 of 5, \d+ % negative: Only the third/);
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('tooltip').textContent()).toMatch(/^\d+ % positiveThe second was a triumph/);
    const highlighted = await page.evaluate(() => [...(CSS.highlights.get('sentence') ?? [])].map(String));
    expect(highlighted).toEqual(['The second was a triumph that made the company.']);
    await page.context().close();
    expect(problems).toEqual([]);
  });

  test('shows the tokens of words with their ids', async () => {
    const { page, problems } = await visit(origin);
    await ended(page);
    await paste(page, 'Tokenization of 😀 unbelievable things');
    await ended(page);
    await page.getByRole('button', { name: 'Tokens' }).click();
    const split = page.locator('.word.split').first();
    await split.waitFor();
    expect(await split.locator('.token-text').allTextContents()).toEqual(['token', '##ization']);
    expect(await page.locator('.token.special .token-text').allTextContents()).toEqual(['[CLS]', '[SEP]']);
    expect(await page.locator('.token.special .id').allTextContents()).toEqual(['101', '102']);
    await page.getByLabel('Tokenizer').selectOption('bertql/conll-ner-minilm');
    await page.locator('.token-text', { hasText: /^To$/ }).waitFor();
    await page.context().close();
    expect(problems).toEqual([]);
  });

  test('opens the shown operation in GraphiQL', async () => {
    const { page } = await visit(origin);
    await ended(page);
    await paste(page, 'Ada lived in London. 😀');
    await ended(page);
    await page.getByRole('button', { name: 'GraphQL' }).click();
    await page.getByRole('tab', { name: /ReadText/ }).click();
    expect(await page.getByLabel('Last answer').textContent()).toContain('AnalysisCompleted');
    const [graphiql] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Open in GraphiQL' }).click(),
    ]);
    await graphiql.locator('.graphiql-query-editor').getByText('ReadText').first().waitFor();
    await graphiql.locator('.graphiql-editor-tool').getByText('Ada lived in London. 😀').first().waitFor();
    await page.context().close();
  });

  test('reads a text that is typed into it, while typing and afterwards', async () => {
    const { page, problems } = await visit(origin);
    await ended(page);
    await page.getByRole('button', { name: 'Write' }).click();
    await page.locator('#draft:focus').waitFor();
    await page.locator('#draft').press('Control+Enter');
    await page.locator('#progress-text', { hasText: 'There is nothing to read yet.' }).waitFor();
    await page.keyboard.type('Ada Lovelace met Charles Babbage in London');
    const live = () => page.locator('#mirror .live').allTextContents();
    await expect.poll(live, { timeout: 10_000 }).toEqual(['Ada Lovelace', 'Charles Babbage', 'London']);
    // Something before the names moves them along with the text.
    await page.keyboard.press('Home');
    await page.keyboard.type('In 1833, ');
    await page.locator('#groups .name', { hasText: 'Charles Babbage' }).waitFor();
    // While an input method composes, Escape is its key.
    await page.locator('#draft').evaluate((field) => {
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true }));
    });
    expect(await page.locator('#writing').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Done' }).click();
    await ended(page);
    const text = 'In 1833, Ada Lovelace met Charles Babbage in London';
    expect(await shownText(page)).toBe(text);
    expect(await marksOf(page)).toEqual((await entitiesOf(text)).map(({ text, type }) => ({ text, type })));
    await page.context().close();
    expect(problems).toEqual([]);
  });

  test('puts the caret where the text is clicked', async () => {
    const { page } = await visit(origin);
    await ended(page);
    await paste(page, 'Ada lived in London.\n\nShe wrote.');
    await page.locator('#title', { hasText: 'Pasted text' }).waitFor();
    await ended(page);
    const { x, y, width, height } = (await page.locator('#reader p').last().boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    await page.mouse.click(x + width - 2, y + Math.min(height / 2, 12));
    await page.keyboard.press('End');
    await page.keyboard.type(' Paris');
    expect(await page.locator('#draft').inputValue()).toBe('Ada lived in London.\n\nShe wrote. Paris');
    await page.context().close();
  });

  test('shows the text again after a reload, and the text of a link', async () => {
    const { page } = await visit(origin);
    await ended(page);
    await paste(page, 'Ada lived in London.');
    await page.locator('#title', { hasText: 'Pasted text' }).waitFor();
    await ended(page);
    await page.reload();
    await ended(page);
    expect([await page.locator('#title').textContent(), await shownText(page)]).toEqual([
      'Pasted text',
      'Ada lived in London.',
    ]);
    await page.context().close();
    for (const [carried, shown] of [
      [{ text: 'Zoë flew to Zürich & Paris.' }, 'Zoë flew to Zürich & Paris.'],
      [{ sample: 'reviews' }, /^I absolutely love this product/],
    ] as const) {
      const { page } = await visit(`${origin}/#${new URLSearchParams({ ...carried })}`);
      await ended(page);
      expect(await shownText(page)).toMatch(shown);
      await page.context().close();
    }
  });

  test('exports what it shows, and the query for it', async () => {
    const { page } = await visit(origin, { permissions: ['clipboard-read', 'clipboard-write'] });
    await ended(page);
    await paste(page, 'Ada, "the countess", isn\'t in London.');
    await page.locator('#title', { hasText: 'Pasted text' }).waitFor();
    await ended(page);
    const download = async (name: string) => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name, exact: true }).click(),
      ]);
      return readFileSync(await file.path(), 'utf8');
    };
    const copied = async (name: string) => {
      await page.getByRole('button', { name, exact: true }).click();
      await page.locator('#share-note', { hasText: /^Copied/ }).waitFor();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    await page.getByText('Share', { exact: true }).click();
    const { entities } = JSON.parse(await download('JSON'));
    expect(entities).toMatchObject(await entitiesOf('Ada, "the countess", isn\'t in London.'));
    expect(await download('CSV')).toMatch(/^start,end,type,confidence,text\r\n0,3,PER,0\.\d{4},Ada\r\n/);
    const curl = await copied('curl');
    const script = await copied('fetch');
    const python = await copied('Python');
    expect(curl).toContain('--data-binary');
    expect(await copied('Copy a link')).toBe(
      `${origin}/#${new URLSearchParams({ text: 'Ada, "the countess", isn\'t in London.' })}`,
    );
    // Each runs as it is; the server answers from this process, so it must not be waited for in it.
    const outputs = await Promise.all([
      output('sh', ['-c', curl]),
      output(process.execPath, ['--input-type=module', '--eval', script]),
      output('python3', ['-c', python]),
    ]);
    for (const each of outputs) expect(each).toContain('London');
    await page.context().close();
  });

  test('fades names that the model is less sure of, finds names, and hides labels', async () => {
    const { page } = await visit(origin);
    await ended(page);
    await page.locator('#certainty').fill('100');
    await page.locator('mark.weak').first().waitFor();
    expect(await page.locator('#certainty-text').textContent()).toBe('100 %');
    await page.locator('#certainty').fill('0');
    expect(await page.locator('mark.weak').count()).toBe(0);
    const label = () =>
      page
        .locator('mark')
        .first()
        .evaluate((mark) => getComputedStyle(mark, '::after').content);
    expect(await label()).toContain('ORG');
    await page.getByLabel('Labels').uncheck();
    expect(await label()).toBe('none');
    await paste(
      page,
      'Ada, Bob, Carol, Dave, Erin, Frank, Zoë Müller and Heidi went to Rome, Paris, Berlin and London.',
    );
    await page.locator('#title', { hasText: 'Pasted text' }).waitFor();
    await ended(page);
    await page.getByLabel('Find a name').fill('muller');
    await expect.poll(() => page.locator('#groups .name').allTextContents()).toEqual(['Zoë Müller']);
    await page.getByLabel('Find a name').fill('nobody');
    await page.getByText('No name like that.').waitFor();
    await page.context().close();
  });

  test('scores the first screen of a text that is too long to be scored completely', async () => {
    const { page } = await visit(origin);
    await ended(page);
    await paste(page, 'It was good. '.repeat(2600));
    await page.locator('#sentence-counts', { hasText: /^[1-9][\d,]* sentences: .*not read yet$/ }).waitFor();
    await page.context().close();
  });

  test('goes to the first name with the arrow key after the link to the text', async () => {
    const { page } = await visit(origin);
    await ended(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('mark:focus').textContent()).toBe('Apple Inc.');
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)(
    'changes its colours with the first click on a %s system',
    async (colorScheme) => {
      const { page } = await visit(origin, { colorScheme });
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const before = await ground();
      await page.getByRole('button', { name: /^Colours/ }).click();
      const after = await ground();
      expect(after).not.toBe(before);
      await page.getByRole('button', { name: /^Colours/ }).click();
      expect(await ground()).toBe(before);
      await page.context().close();
    },
  );

  test('says that the server cannot be reached if it never could', async () => {
    const { page } = await visit(origin);
    await page.context().route('**/graphql', (route) => route.abort());
    await page.routeWebSocket('**/graphql', (socket) => socket.close());
    await page.reload();
    await page.locator('#server-text', { hasText: 'The server cannot be reached.' }).waitFor();
    await page.locator('#progress-text', { hasText: /^The server cannot be reached\. Trying again/ }).waitFor();
    await page.context().close();
  });

  test('finds the passages that answer a question, and marks them', async () => {
    const { page, problems } = await visit(origin);
    await ended(page);
    await paste(
      page,
      'The train to Rome was late. Dinner was served at eight: soup, fish and cake. It rained all night.',
    );
    await page.locator('#title', { hasText: 'Pasted text' }).waitFor();
    await ended(page);
    await page.getByLabel('Search by meaning').fill('What did they eat?');
    await page.keyboard.press('Enter');
    const first = page.locator('#found-list button').first();
    await first.waitFor();
    expect(await first.textContent()).toContain('Dinner was served');
    expect(await page.evaluate(() => CSS.highlights.get('found')?.size)).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'End the search' }).click();
    expect(await page.evaluate(() => CSS.highlights.get('found')?.size)).toBe(0);
    await page.context().close();
    expect(problems).toEqual([]);
  });

  test('compares the senses of a clicked word', async () => {
    const { page, problems } = await visit(`${origin}/#sample=bank`);
    await ended(page);
    await page.locator('#sentence-counts', { hasText: /^6 sentences: / }).waitFor();
    await page.getByRole('button', { name: 'Meaning', exact: true }).click();
    const place = await page.evaluate(() => {
      const text = document.querySelector('#reader p')?.firstChild;
      if (!text) throw new Error('There is no text.');
      const at = text.textContent?.indexOf('bank') ?? 0;
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 4);
      const { left, top, width, height } = range.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    });
    await page.mouse.click(place.x, place.y);
    await page.locator('#senses-note', { hasText: '“bank” occurs 6 times, in 2 groups of like meaning.' }).waitFor();
    expect(await page.locator('.sense').first().locator('li').allTextContents()).toEqual([
      expect.stringContaining('opened an account'),
      expect.stringContaining('raised its interest rates'),
      expect.stringContaining('robbed a bank'),
    ]);
    expect(await page.locator('#senses-map span').count()).toBe(36);
    await page.context().close();
    expect(problems).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('is accessible, in the %s', async (colorScheme) => {
    const { page } = await visit(origin, { colorScheme, reducedMotion: 'reduce' });
    await ended(page);
    await page.locator('mark').first().focus();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Meaning', exact: true }).click();
    await page.locator('#word').fill('Jobs');
    await page.keyboard.press('Enter');
    await page.locator('.sense').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Tokens' }).click();
    await page.locator('.token').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByText('Share', { exact: true }).click();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Write' }).click();
    await page.keyboard.type('Ada lived in London.');
    await page.locator('#mirror .live').nth(1).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });

  test('fits a small phone', async () => {
    const { page } = await visit(origin, { viewport: { width: 360, height: 740 }, hasTouch: true });
    await ended(page);
    const overhang = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overhang()).toBe(0);
    const toggle = page.locator('#findings-toggle');
    expect(await page.locator('#findings').isVisible()).toBe(false);
    await toggle.click();
    await page.getByRole('button', { name: /^Steve Jobs/ }).click();
    expect(await page.locator('mark:focus').textContent()).toBe('Steve Jobs');
    expect(await toggle.getAttribute('aria-expanded')).toBe('false');
    await page.waitForFunction(
      () => !document.querySelector('#findings')?.checkVisibility({ visibilityProperty: true }),
    );
    await paste(page, `${'A'.repeat(300)} https://example.org/${'b'.repeat(200)}`);
    await ended(page);
    expect(await overhang()).toBe(0);
    await page.getByRole('button', { name: 'Tokens' }).click();
    await page.locator('.token').first().waitFor();
    expect(await overhang()).toBe(0);
    await page.context().close();
  });
});

/** What a program prints. */
async function output(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, [...args], { timeout: 20_000 })).stdout;
}

/** Waits until the text that is shown is read. */
async function ended(page: Page): Promise<void> {
  await page.locator('#dashboard[data-state=done]').waitFor({ timeout: 40_000 });
}

/** Waits until so many chunks are read, and sees that there are more. */
async function chunksDone(page: Page, least: number): Promise<void> {
  await page.waitForFunction((least) => {
    const words = document.getElementById('progress-text')?.textContent ?? '';
    return Number(/^Reading: ([\d,]+) of/.exec(words)?.[1]) >= least;
  }, least);
}

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

async function drop(page: Page, name: string, type: string, content: string): Promise<void> {
  await page.evaluate(
    ([name = '', type = '', content = '']) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], name, { type }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, type, content],
  );
}

/** The text that is shown, paragraph after paragraph. */
function shownText(page: Page): Promise<string> {
  return page.evaluate(() => [...document.querySelectorAll('#reader p')].map((each) => each.textContent).join(''));
}

/** The entities as they are marked; one that crosses a blank line is in two parts. */
function marksOf(page: Page): Promise<readonly { text: string; type: string }[]> {
  return page.evaluate(() => {
    const marks = new Map<string, { text: string; type: string }>();
    for (const mark of document.querySelectorAll<HTMLElement>('#reader mark')) {
      const { n = '', type = '' } = mark.dataset;
      marks.set(n, { text: (marks.get(n)?.text ?? '') + mark.textContent, type });
    }
    return [...marks.values()];
  });
}

const acrossParagraphs = (text: string) => text.replace(/\s*\n\s*\n\s*/g, '');

/** Brings all of the text into view once, since only what was seen has marks. */
async function showAll(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (const leaf of document.querySelectorAll('#reader .leaf')) {
      leaf.scrollIntoView({ behavior: 'instant' });
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    }
  });
}

/** All names in the list next to the text. */
async function groupCounts(page: Page): Promise<readonly { name: string; count: number }[]> {
  const more = page.locator('#more');
  while (await more.isVisible()) await more.click();
  return page.evaluate(() =>
    [...document.querySelectorAll('#groups li')].map((row) => ({
      name: row.querySelector('.name')?.textContent ?? '',
      count: Number(row.querySelector('.go .count')?.textContent),
    })),
  );
}

/** What axe finds that is serious. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe;
    interface Violation {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
}
