/** Reads PDF files off the main thread: receives the bytes of one and posts its text. */
import pdfjs from '../../node_modules/unpdf/dist/pdfjs.mjs?url';

// It is served as it is: bundling it would take longer than everything else.
const { getDocument }: PdfJs = await import(/* @vite-ignore */ pdfjs);

/** The part of pdf.js that is used here; its own types do not resolve outside of its package. */
interface PdfJs {
  getDocument(options: object): { readonly promise: Promise<PdfDocument> };
}

interface PdfDocument {
  readonly numPages: number;
  getPage(number: number): Promise<{
    getTextContent(): Promise<{ readonly items: readonly (TextItem | object)[] }>;
    cleanup(): void;
  }>;
}

/** Lines that are further apart than this many line heights belong to two paragraphs. */
const PARAGRAPH_GAP = 1.6;

/** A message of the worker; pdf.js sends messages of its own. */
export type PdfMessage =
  | { readonly pdf: 'ready' }
  | { readonly pdf: 'read'; readonly text: string }
  | { readonly pdf: 'unreadable' };

self.addEventListener('message', async ({ data }: MessageEvent<ArrayBuffer>) => {
  try {
    say({ pdf: 'read', text: await textOfPdf(new Uint8Array(data)) });
  } catch (error) {
    console.warn(error);
    say({ pdf: 'unreadable' });
  }
});

// The page sends its file only once the worker listens.
say({ pdf: 'ready' });

function say(message: PdfMessage): void {
  self.postMessage(message);
}

async function textOfPdf(data: Uint8Array): Promise<string> {
  const pdf = await getDocument({ data, verbosity: 0, useSystemFonts: false, isEvalSupported: false }).promise;
  const pages: string[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    pages.push(textOfPage((await page.getTextContent()).items.filter(isText)));
    page.cleanup();
  }
  return pages.join('\n\n').trim();
}

interface TextItem {
  readonly str: string;
  readonly hasEOL: boolean;
  readonly height: number;
  readonly transform: readonly number[];
}

function isText(item: TextItem | object): item is TextItem {
  return 'str' in item;
}

/** The lines of a page, with a blank line for each gap. */
function textOfPage(items: readonly TextItem[]): string {
  let text = '';
  let lastY: number | undefined;
  for (const { str, hasEOL, height, transform } of items) {
    const y = transform[5] ?? 0;
    if (lastY !== undefined && text.endsWith('\n') && height > 0 && lastY - y > PARAGRAPH_GAP * height) text += '\n';
    text += str + (hasEOL ? '\n' : '');
    if (str.trim() !== '') lastY = y;
  }
  return text.trim();
}
