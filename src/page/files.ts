import type { PdfMessage } from './pdf-worker.ts';
import pdfWorker from './pdf-worker.ts?worker&url';

/** The text of a file, or why it cannot be read. */
class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

const TEXT = /\.(txt|text|md|markdown|csv|log|json|rst|tex|srt|vtt)$/i;
const HTML = /\.(html?|xhtml)$/i;
const MARKDOWN = /\.(md|markdown)$/i;
const PDF = /\.pdf$/i;

/** Largest file, in bytes; servers take texts of some two million characters. */
const MOST_BYTES = 50_000_000;

/** Elements whose content is not text. */
const SILENT = 'script, style, template, noscript, head, svg, math, iframe, object';
/** Elements that stand on lines of their own. */
const BLOCKS =
  'address, article, aside, blockquote, dd, div, dl, dt, figcaption, figure, footer, form, h1, h2, h3, h4, h5, h6, header, hr, li, main, nav, ol, p, pre, section, table, tr, ul';

/** Trusted Types, if the browser has them. */
interface TrustedTypesFactory {
  createPolicy(
    name: string,
    rules: { createHTML(html: string): string; createScriptURL(url: string): string },
  ): { createHTML(html: string): unknown; createScriptURL(url: string): unknown };
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypesFactory;
  }
}

/** The policy for parsing files. What it lets through is never inserted into the page. */
const policy = window.trustedTypes?.createPolicy('bertql', {
  createHTML: (html) => html,
  createScriptURL: (url) => url,
});

/** The text of a file: plain text, Markdown, HTML or PDF. Throws {@link UnreadableFile}. */
export async function readTextFile(file: File): Promise<string> {
  if (file.size > MOST_BYTES)
    throw new UnreadableFile(`${file.name} has ${Math.round(file.size / 1e6)} MB; at most 50 MB are read.`);
  if (PDF.test(file.name) || file.type === 'application/pdf') return readPdf(file);
  if (!TEXT.test(file.name) && !HTML.test(file.name) && !/^text\//.test(file.type)) {
    throw new UnreadableFile(`${file.name} is not a text, Markdown, HTML or PDF file.`);
  }
  const source = decode(await file.arrayBuffer());
  const text = await textOf(file, source);
  if (text.trim() === '') throw new UnreadableFile(`There is no text in ${file.name}.`);
  return text;
}

async function textOf(file: File, source: string): Promise<string> {
  if (HTML.test(file.name) || file.type === 'text/html') return textOfHtml(source);
  if (!MARKDOWN.test(file.name) && file.type !== 'text/markdown') return source;
  const { marked } = await import('marked');
  return textOfHtml(marked.parse(source, { async: false, gfm: true }));
}

/** Decodes UTF-8 or UTF-16, otherwise Windows-1252, the encoding of old text files. */
function decode(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes);
  const wide =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
  try {
    return new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The text of an HTML page. It is parsed into a separate document, in which nothing runs and nothing is loaded. */
function textOfHtml(html: string): string {
  // None of it would run or be visible, but browsers report each handler and style on the console.
  const silenced = html
    .replace(/<style\b[\s\S]*?(?:<\/style\s*>|$)/gi, '')
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s/"'])(?:on\w+|style)\s*=/gi, '$1data-silenced='));
  const parsed = new DOMParser().parseFromString((policy?.createHTML(silenced) ?? silenced) as string, 'text/html');
  for (const silent of parsed.querySelectorAll(SILENT)) silent.remove();
  for (const each of parsed.body.querySelectorAll('br')) each.replaceWith('\n');
  const walker = parsed.createTreeWalker(parsed.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement?.closest('pre')) node.nodeValue = (node.nodeValue ?? '').replace(/\s+/g, ' ');
  }
  for (const block of parsed.body.querySelectorAll(BLOCKS)) {
    block.before('\n\n');
    block.after('\n\n');
  }
  const text = parsed.body.textContent ?? '';
  return text
    .replace(/[^\S\n]*\n[^\S\n]*/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** The text of a PDF, read by pdf.js in a thread of its own. */
function readPdf(file: File): Promise<string> {
  const worker = new Worker((policy?.createScriptURL(pdfWorker) ?? pdfWorker) as string, { type: 'module' });
  return new Promise<string>((resolve, reject) => {
    const fail = () => reject(new UnreadableFile(`${file.name} cannot be read as PDF.`));
    worker.addEventListener('error', fail);
    worker.addEventListener('message', ({ data }: MessageEvent<PdfMessage | { readonly pdf?: undefined }>) => {
      if (data.pdf === 'ready') file.arrayBuffer().then((bytes) => worker.postMessage(bytes, [bytes]), fail);
      else if (data.pdf === 'unreadable') fail();
      else if (data.pdf === 'read' && data.text === '')
        reject(new UnreadableFile(`${file.name} holds pictures of text only, no text.`));
      else if (data.pdf === 'read') resolve(data.text);
    });
  }).finally(() => worker.terminate());
}
