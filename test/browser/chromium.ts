import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** The browser that the tests use. */
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether it is there; tests that need it say so and are skipped otherwise. */
export const hasChromium = existsSync(CHROMIUM);

/** A page, and what went wrong in it. */
export interface Visit {
  readonly page: Page;
  /** Errors on the console, failures of scripts, and requests to anywhere but the server. */
  readonly problems: readonly string[];
}

/** Launches one browser for the tests of a file. Gives a function that opens a page in a context of its own. */
export function useChromium(): (url: string, options?: BrowserContextOptions) => Promise<Visit> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    });
  });
  afterAll(() => browser?.close());
  return async (url, options = {}) => {
    const page = await (await browser.newContext(options)).newPage();
    // Nearly as long as a test has: a busy machine takes its time.
    page.setDefaultTimeout(50_000);
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    const { origin } = new URL(url);
    page.on('request', (request) => {
      const target = request.url();
      if (!target.startsWith(origin) && !/^(data|blob):/.test(target)) problems.push(`asks ${target}`);
    });
    await page.goto(url);
    return { page, problems };
  };
}

/** Executes what is in the editor of GraphiQL, once it is up: before its last editor is there, its button does nothing. */
export async function executeIn(page: Page): Promise<void> {
  await page.locator('.result-window .monaco-editor').waitFor();
  await page.getByRole('button', { name: /execute query/i }).click();
}
