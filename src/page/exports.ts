import { byId } from './dom.ts';
import type { Mention } from './leaf-view.ts';
import type { ScoredSentence } from './sentences.ts';
import type { Source } from './sources.ts';

/** What an export contains. */
export interface Shown {
  readonly source: Source;
  readonly mentions: readonly Mention[];
  readonly sentences: readonly ScoredSentence[];
  /** The NER model, unless it is the default one of the server. */
  readonly model: string | undefined;
}

/** Longest text of a link or a copied query, in characters. */
const LONGEST_LINK = 2_000;
const LONGEST_QUERY = 20_000;

/** The query that is copied. */
const QUERY = `query Entities($text: String!, $model: ID) {
  entities(text: $text, model: $model) { text type confidence start end }
}`;

/** Exports the results, the query or a link. */
export class Exports {
  readonly #shown: () => Shown | undefined;
  readonly #endpoint: string;
  readonly #note = byId('share-note', HTMLElement);

  /** @param shown what is shown now */
  constructor(endpoint: string, shown: () => Shown | undefined) {
    this.#endpoint = endpoint;
    this.#shown = shown;
    this.#serve('save-json', (now) => save(`${nameOf(now)}.json`, 'application/json', asJson(now)));
    this.#serve('save-csv', (now) => save(`${nameOf(now)}.csv`, 'text/csv', asCsv(now)));
    this.#serve('copy-curl', (now) => this.#copy('curl command', asCurl(this.#endpoint, variablesOf(now))));
    this.#serve('copy-fetch', (now) => this.#copy('fetch call', asFetch(this.#endpoint, variablesOf(now))));
    this.#serve('copy-python', (now) => this.#copy('Python program', asPython(this.#endpoint, variablesOf(now))));
    this.#serve('copy-link', ({ source }) => {
      const link = linkTo(source);
      if (link !== undefined) void this.#copy('link', link);
      else
        this.#note.textContent = `A link carries at most ${LONGEST_LINK.toLocaleString('en')} characters; this text is longer.`;
    });
  }

  #serve(id: string, action: (shown: Shown) => void): void {
    byId(id, HTMLButtonElement).addEventListener('click', () => {
      const shown = this.#shown();
      if (shown) action(shown);
      else this.#note.textContent = 'There is no text yet.';
    });
  }

  async #copy(what: string, text: string): Promise<void> {
    this.#note.textContent = (await copyText(text)) ? `Copied the ${what}.` : 'The browser does not let the page copy.';
  }
}

/** Copies a text; `false` if the browser does not allow it. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Copies in a page that was loaded over plain HTTP, which has no `navigator.clipboard`. */
function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'visually-hidden';
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}

/** A link that opens the page with a sample or a short text; `undefined` if the text is too long for one. */
function linkTo({ text, sample }: Source): string | undefined {
  if (sample === undefined && text.length > LONGEST_LINK) return undefined;
  const url = new URL(location.href);
  // After the `#`, so that no server and no log sees it.
  url.hash = String(new URLSearchParams(sample === undefined ? { text } : { sample }));
  return url.href;
}

/** The sample or text that a link to the page carries. */
export function carriedBy(hash: string): { readonly sample?: string; readonly text?: string } {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const [sample, text] = [given.get('sample'), given.get('text')];
  return { ...(sample === null ? {} : { sample }), ...(text === null ? {} : { text }) };
}

interface QueryVariables {
  readonly text: string;
  readonly model?: string;
}

function variablesOf({ source, model }: Shown): QueryVariables {
  const text = source.text.slice(0, LONGEST_QUERY).toWellFormed();
  return model === undefined ? { text } : { text, model };
}

function asCurl(endpoint: string, variables: QueryVariables): string {
  // A quoted delimiter: the shell takes the body as it is, whatever the text holds, and JSON has no line of its own.
  return [
    `curl --silent '${endpoint}' --header 'content-type: application/json' --data-binary @- <<'JSON'`,
    JSON.stringify({ query: QUERY, variables }),
    'JSON',
    '',
  ].join('\n');
}

function asFetch(endpoint: string, variables: QueryVariables): string {
  return `const response = await fetch(${JSON.stringify(endpoint)}, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    query: \`${QUERY}\`,
    variables: ${JSON.stringify(variables)},
  }),
});
const { data, errors } = await response.json();
console.log(errors ?? data.entities);
`;
}

function asPython(endpoint: string, variables: QueryVariables): string {
  // Its strings are written as JSON's are.
  return `import json, urllib.request

query = """${QUERY}"""
variables = ${JSON.stringify(variables)}
request = urllib.request.Request(
    ${JSON.stringify(endpoint)},
    json.dumps({"query": query, "variables": variables}).encode(),
    {"content-type": "application/json"},
)
print(json.load(urllib.request.urlopen(request)))
`;
}

function asJson({ source, mentions, sentences }: Shown): string {
  const entities = mentions.map(({ text, type, confidence, start, end }) => ({ text, type, confidence, start, end }));
  const scored = sentences.map(({ start, end, positive }) => ({ start, end, positive: positive ?? null }));
  return `${JSON.stringify({ title: source.title, text: source.text, entities, sentences: scored }, null, 2)}\n`;
}

/** As RFC 4180 has it. */
function asCsv({ mentions }: Shown): string {
  const rows = mentions.map(({ start, end, type, confidence, text }) => [
    start,
    end,
    type,
    confidence.toFixed(4),
    text,
  ]);
  const lines = [['start', 'end', 'type', 'confidence', 'text'], ...rows].map((row) => row.map(field).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function save(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // After the click the download holds its own reference.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function nameOf({ source }: Shown): string {
  return (
    source.title
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'bertql'
  );
}
