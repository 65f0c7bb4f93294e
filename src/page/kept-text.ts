import type { Source } from './sources.ts';

/** Where the text is kept until the tab is closed, so that a reload shows it again. */
const TEXT = 'bertql:text';

/** Keeps a text for a reload, if the browser has room for it. */
export function keepText({ title, text, sample }: Source): void {
  try {
    sessionStorage.setItem(TEXT, JSON.stringify(sample === undefined ? { title, text } : { title, sample }));
  } catch {
    sessionStorage.removeItem(TEXT);
  }
}

/** The text from before the reload: the id of a sample, or the whole text. */
export function keptText(): { readonly title: string; readonly text?: string; readonly sample?: string } | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(TEXT) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('title' in kept) || typeof kept.title !== 'string')
      return undefined;
    if ('sample' in kept && typeof kept.sample === 'string') return { title: kept.title, sample: kept.sample };
    if ('text' in kept && typeof kept.text === 'string') return { title: kept.title, text: kept.text };
    return undefined;
  } catch {
    return undefined;
  }
}
