/** The demo page: puts its parts together. */

import { WholeSentimentDocument } from '../client/index.ts';
import { Card, type Fact } from './card.ts';
import { connect, ENDPOINT } from './connection.ts';
import { byId, throttled } from './dom.ts';
import { nameOf, styleOf } from './entity-types.ts';
import { carriedBy, Exports } from './exports.ts';
import { FindingsSheet } from './findings-sheet.ts';
import { Groups, percent } from './groups.ts';
import { keepText, keptText } from './kept-text.ts';
import { KeyDialog } from './key-dialog.ts';
import type { Mention, Stretch } from './leaf-view.ts';
import { serveMenus } from './menus.ts';
import { ModelsMenu } from './models-menu.ts';
import { Operations } from './operations.ts';
import { Reader } from './reader.ts';
import { Reading } from './reading.ts';
import { inWords, Ribbon, type ScoredStretch } from './ribbon.ts';
import { Search } from './search.ts';
import { Senses } from './senses.ts';
import { positiveOf, type ScoredSentence, Sentences } from './sentences.ts';
import { ServerState } from './server-state.ts';
import { type Source, Sources } from './sources.ts';
import { Status } from './status.ts';
import { serveTheme } from './theme.ts';
import { TokenView } from './tokens.ts';
import { Verdict } from './verdict.ts';
import { type View, Views } from './views.ts';
import { LONGEST_WRITTEN, Writing } from './writing.ts';

/** Milliseconds between redraws of what changes with every chunk. */
const REDRAW_MS = 120;
/** Milliseconds after the last key until the text is scored. */
const SCORE_MS = 500;

/** The current text, and the work in progress for it. */
interface Session {
  readonly source: Source;
  readonly reading: Reading;
  readonly sentences: Sentences;
  readonly chunks: ScoredStretch[];
  readonly ended: AbortController;
}

const hasGraphiql = document.body.dataset['graphiql'] === 'true';
const graphiqlLink = byId('open-graphiql', HTMLAnchorElement);
graphiqlLink.hidden = byId('graphiql', HTMLElement).hidden = !hasGraphiql;

const operations = new Operations({
  tabs: byId('operation-tabs', HTMLElement),
  panel: byId('operation-panel', HTMLElement),
  document: byId('operation-document', HTMLElement),
  variables: byId('operation-variables', HTMLElement),
  answer: byId('operation-answer', HTMLElement),
  note: byId('operation-note', HTMLElement),
  copy: byId('copy', HTMLButtonElement),
  open: hasGraphiql ? graphiqlLink : undefined,
});
const keys = new KeyDialog();
const client = connect({
  onSent: (sent) => operations.note(sent),
  onAnswer: (document, data) => operations.answered(document, data),
  askForKey: () => keys.ask(),
});
const models = new ModelsMenu(() => session && read(session.source));
const server = new ServerState(client, (all) => models.show(all));
const card = new Card(byId('card', HTMLElement));
const readerHost = byId('reader', HTMLElement);
const tokenizer = byId('tokenizer', HTMLSelectElement);
const verdict = new Verdict();
const sheet = new FindingsSheet();
let session: Session | undefined;
/** The names in the text that is being written. */
let written: readonly Mention[] = [];
const views = new Views(showView);

const reader = new Reader(readerHost, {
  onPoint: (mention, mark) => (mention && mark ? showMention(mention, mark) : card.hide()),
  onChoose: (mention) => groups.choose(mention),
  onView: () => look(),
});

const groups = new Groups(byId('filters', HTMLElement), byId('groups', HTMLElement), byId('more', HTMLButtonElement), {
  onGo: (mention, { mentions }) => {
    sheet.close();
    showText();
    if (writing.isOpen) return writing.select(mention.start, mention.end);
    reader.activate(mentions.map(({ n }) => n));
    reader.goTo(mention.n);
  },
  onHide: (styles) => {
    readerHost.dataset['hidden'] = [...styles].join(' ');
  },
});

const ribbonHost = byId('ribbon', HTMLElement);
const ribbon = new Ribbon(ribbonHost, byId('ribbon-canvas', HTMLCanvasElement), {
  onGo: (sentence) => {
    if (views.shown === 'tokens') return tokens.goTo(sentence.start);
    showText();
    reader.scrollTo(sentence);
    highlight(sentence);
  },
  onPoint: (sentence, x) => (sentence ? showSentence(sentence, x) : hideSentence()),
});

const tokens = new TokenView(byId('tokens', HTMLElement), client);

const status = new Status({
  onPause: () => {
    session?.reading.pause();
    session?.sentences.hold(true);
  },
  onResume: () => {
    session?.reading.start();
    session?.sentences.hold(false);
  },
  onCancel: () => {
    session?.reading.cancel();
    session?.sentences.hold(true);
  },
  onAgain: () => session && read(session.source),
});

const sources = new Sources(read);

const shownText = () => (writing.isOpen ? writing.text : session?.source.text);

const search = new Search(client, {
  text: shownText,
  onFound: (passages) => {
    const ranges = passages.flatMap((passage) => reader.rangeOf(passage) ?? []);
    CSS.highlights?.set('found', new Highlight(...ranges));
  },
  onGo: (passage) => {
    if (writing.isOpen) return writing.select(passage.start, passage.end);
    showText();
    reader.scrollTo(passage);
    highlight(passage);
  },
});

const senses = new Senses(client, {
  sentences: () => {
    const { source, sentences } = session ?? {};
    return (sentences?.all ?? []).map(({ start, end }) => ({
      start,
      end,
      text: source?.text.slice(start, end) ?? '',
    }));
  },
  onGo: (occurrence) => {
    reader.scrollTo(occurrence);
    highlight(occurrence);
  },
});

const writing = new Writing(client, {
  model: () => models.picked.ner,
  onNames: (names) => {
    const mentions = names.map((name, n) => ({ ...name, n }));
    written = mentions;
    groups.update(mentions);
    sheet.count(mentions.length);
    status.writing(mentions.length);
  },
  onText: (text) => {
    byId('title', HTMLElement).textContent = 'Your text';
    byId('size', HTMLElement).textContent = sizeOf(text);
    sources.press();
    keepText({ title: 'Your text', text });
    scoreSoon();
  },
  onPoint: (name, mark) => (name && mark ? showMention({ ...name, n: -1 }, mark) : card.hide()),
  onDone: (text) => {
    if (text.trim() === '') {
      status.announce('There is nothing to read yet. Type or paste a text.');
      return;
    }
    sources.read({ title: 'Your text', text });
    readerHost.focus({ preventScroll: true });
  },
});

const look = throttled(() => {
  const view = seen();
  ribbon.look(view);
  if (view) session?.sentences.look(view);
}, 60);

/** The visible part of the text; `undefined` if there is none. */
function seen(): Stretch | undefined {
  const top = byId('dashboard', HTMLElement).getBoundingClientRect().bottom;
  if (views.shown === 'tokens') return tokens.between(top, window.innerHeight);
  return views.showsText ? reader.between(top, window.innerHeight) : undefined;
}

/** Reads a text, and stops reading the previous one. */
function read(source: Source): void {
  end();
  writing.close();
  views.show(views.shown);
  operations.clear();
  card.hide();
  verdict.clear();
  groups.clear();
  sheet.count(0);
  window.scrollTo({ top: 0 });
  const { text } = source;
  const { picked } = models;
  keepText(source);
  search.clear();
  senses.clear();
  const ended = new AbortController();
  const chunks: ScoredStretch[] = [];
  const showSentiment = throttled(() => {
    if (ended.signal.aborted) return;
    ribbon.update(sentences.all, chunks);
    verdict.sentences(sentences.all);
  }, REDRAW_MS);
  const sentences = new Sentences(client, text, picked.sentiment, ended.signal, showSentiment);
  const reading = new Reading(client, text, picked, {
    onChunk: ({ chunk, entities, progress, ...event }) => {
      reader.add(entities);
      groups.update(reader.mentions);
      sheet.count(reader.mentions.length);
      status.progress(progress, reader.mentions.length);
      const positive = 'sentiment' in event && event.sentiment ? positiveOf(event.sentiment) : null;
      if (positive !== null) chunks.push({ ...chunk, positive });
      sentences.reach(chunk.end);
      showSentiment();
    },
    onEnd: ({ progress, sentiment }) => {
      sentences.reach(text.length);
      status.progress(progress, reader.mentions.length);
      // Only a job is scored by the selected model.
      if (picked.sentiment === undefined || reading.isJob) verdict.whole(sentiment ? positiveOf(sentiment) : null);
      else void scoreWhole(text, picked.sentiment, ended.signal);
    },
    onState: (state, why) => {
      if (ended.signal.aborted) return;
      if (state === 'lost' || (state === 'reading' && server.isAway)) void server.ask();
      status.state(state, why);
      byId('no-names', HTMLElement).hidden = state !== 'done' || reader.mentions.length > 0;
    },
  });
  session = { source, reading, sentences, chunks, ended };
  byId('edit', HTMLButtonElement).hidden = text.length > LONGEST_WRITTEN;
  byId('title', HTMLElement).textContent = source.title;
  byId('size', HTMLElement).textContent = sizeOf(text);
  reader.show(text);
  ribbon.show(text);
  status.begin(reading.isJob);
  if (views.shown === 'tokens') showTokens();
  reading.start();
  look();
}

/** Shows the text in the current view. */
function showText(): void {
  if (!views.showsText) showView('names');
}

/** Stops all work for the current text. */
function end(): void {
  session?.ended.abort();
  session?.reading.cancel();
}

/** Scores a whole text that no analysis scores. */
async function scoreWhole(text: string, model: string | undefined, signal: AbortSignal): Promise<void> {
  try {
    const variables = model === undefined ? { text } : { text, model };
    const { sentiment } = await client.query(WholeSentimentDocument, variables, signal);
    verdict.whole(positiveOf(sentiment));
  } catch (error) {
    if (!signal.aborted) console.warn(error);
  }
}

/** Opens the paper for writing. */
function write(text: string, caret?: number): void {
  const known = session?.source.text === text ? reader.mentions : [];
  end();
  session = undefined;
  card.hide();
  verdict.clear();
  search.clear();
  ribbon.show(text);
  showView('names');
  readerHost.hidden = true;
  byId('edit', HTMLButtonElement).hidden = true;
  byId('no-names', HTMLElement).hidden = true;
  byId('title', HTMLElement).textContent = 'Your text';
  byId('size', HTMLElement).textContent = sizeOf(text);
  status.begin(false);
  writing.open(
    text,
    known.map((mention) => ({ ...mention, isSettled: true })),
    caret,
  );
  if (text !== '') scoreSoon();
}

/** Cancels the scoring of an earlier draft. */
let scoring = new AbortController();
let scoreTimer: ReturnType<typeof setTimeout> | undefined;

/** Scores the sentences of the draft after a pause in typing. */
function scoreSoon(): void {
  clearTimeout(scoreTimer);
  scoring.abort();
  scoreTimer = setTimeout(() => {
    if (!writing.isOpen) return;
    const { text } = writing;
    const { signal } = (scoring = new AbortController());
    ribbon.show(text);
    const sentences = new Sentences(client, text, models.picked.sentiment, signal, () => {
      if (signal.aborted || !writing.isOpen) return;
      ribbon.update(sentences.all, []);
      verdict.sentences(sentences.all);
    });
    if (text.trim() === '') {
      verdict.clear();
      return;
    }
    sentences.reach(text.length);
    void scoreWhole(text, models.picked.sentiment, signal);
  }, SCORE_MS);
}

/** The place in the text of a point in the window; `undefined` if there is no text. */
function caretAt(x: number, y: number): number | undefined {
  const range = document.caretRangeFromPoint?.(x, y);
  return range ? reader.positionOf(range.startContainer, range.startOffset) : undefined;
}

/** The word at a place of the text; `undefined` if there is none. */
function wordAt(text: string, position: number): string | undefined {
  const from = /[\p{L}\p{M}\p{N}’'-]*$/u.exec(text.slice(Math.max(0, position - 60), position))?.[0] ?? '';
  const to = /^[\p{L}\p{M}\p{N}’'-]*/u.exec(text.slice(position, position + 60))?.[0] ?? '';
  const word = `${from}${to}`.replace(/^[’'-]+|[’'-]+$/g, '');
  return word === '' ? undefined : word;
}

/** Shows a view of the text, at the same place. */
function showView(view: View): void {
  if (view === views.shown) return;
  if (writing.isOpen) writing.done();
  if (writing.isOpen) return;
  const place = seen();
  const isAtStart = window.scrollY < byId('desk', HTMLElement).offsetTop;
  views.show(view);
  card.hide();
  if (view === 'tokens') showTokens();
  else tokens.hide();
  if (place && !isAtStart && view === 'tokens') tokens.goTo(place.start);
  if (place && !isAtStart && views.showsText) reader.scrollTo({ start: place.start, end: place.start + 1 });
  look();
}

function showTokens(): void {
  if (session) tokens.show(session.source.text, reader.leaves, tokenizer.value || undefined);
}

function showMention(mention: Mention, mark: HTMLElement): void {
  const place = groups.placeOf(mention);
  const facts: Fact[] = [
    ['confidence', percent(mention.confidence)],
    ['characters', `${mention.start.toLocaleString('en')}–${mention.end.toLocaleString('en')}`],
    ['chunk', (mention.chunkIndex + 1).toLocaleString('en')],
  ];
  if (place) facts.push(['mention', `${place.at.toLocaleString('en')} of ${place.of.toLocaleString('en')}`]);
  const anchor = () => [...mark.getClientRects()];
  card.show(anchor, { style: `t${styleOf(mention.type)}`, title: nameOf(mention.type), facts }, mark);
}

function showSentence(sentence: ScoredSentence, x: number): void {
  const words = session?.source.text.slice(sentence.start, sentence.end).replace(/\s+/g, ' ') ?? '';
  const shown = words.length > 180 ? `${words.slice(0, 180).toWellFormed()}…` : words;
  const anchor = () => {
    const { top, height } = ribbonHost.getBoundingClientRect();
    return [new DOMRect(x, top, 0, height)];
  };
  // The slider announces its value itself.
  card.show(
    anchor,
    { style: 'sentence', title: inWords(sentence.positive), facts: [['', shown]] },
    undefined,
    ribbonHost,
  );
  highlight(sentence);
}

function hideSentence(): void {
  card.hide();
  CSS.highlights?.delete('sentence');
}

/** Highlights a sentence in the text without changing the document. */
function highlight(stretch: Stretch): void {
  const range = reader.rangeOf(stretch);
  if (range && CSS.highlights) CSS.highlights.set('sentence', new Highlight(range));
}

function sizeOf(text: string): string {
  const words = text.match(/\S+/g)?.length ?? 0;
  return `${words.toLocaleString('en')} words, ${text.length.toLocaleString('en')} characters`;
}

byId('write', HTMLButtonElement).addEventListener('click', () => write(''));
byId('edit', HTMLButtonElement).addEventListener('click', () => session && write(session.source.text));
byId('done', HTMLButtonElement).addEventListener('click', () => writing.done());
// A click into the text puts the caret there, unless it selects something or a name.
readerHost.addEventListener('click', ({ target, clientX, clientY }) => {
  const text = session?.source.text ?? '';
  if (views.shown === 'meaning') {
    const word = wordAt(text, caretAt(clientX, clientY) ?? text.length);
    if (word !== undefined) void senses.ask(word);
    return;
  }
  if (text.length > LONGEST_WRITTEN || !getSelection()?.isCollapsed) return;
  if (target instanceof Element && target.closest('mark')) return;
  write(text, caretAt(clientX, clientY));
});
byId('certainty', HTMLInputElement).addEventListener('input', ({ target }) => {
  const least = target instanceof HTMLInputElement ? target.valueAsNumber / 100 : 0;
  byId('certainty-text', HTMLOutputElement).value = percent(least).replace('.0', '');
  reader.fadeBelow(least);
  groups.fadeBelow(least);
});
byId('labels', HTMLInputElement).addEventListener('change', ({ target }) => {
  readerHost.classList.toggle('unlabelled', target instanceof HTMLInputElement && !target.checked);
});
serveMenus();
new Exports(ENDPOINT, () =>
  writing.isOpen
    ? { source: { title: 'Your text', text: writing.text }, mentions: written, sentences: [], model: models.picked.ner }
    : session && {
        source: session.source,
        mentions: reader.mentions,
        sentences: session.sentences.all,
        model: models.picked.ner,
      },
);
serveTheme(() => ribbon.draw());
tokenizer.addEventListener('change', showTokens);
window.addEventListener(
  'scroll',
  () => {
    look();
    card.follow();
  },
  { passive: true },
);
window.addEventListener('resize', look);
// When the page is closed, its analyses are cancelled.
window.addEventListener('pagehide', ({ persisted }) => {
  if (!persisted) session?.reading.cancel();
});
window.addEventListener('hashchange', () => void open(carriedBy(location.hash)));
await server.ask();
const linked = carriedBy(location.hash);
if (!(await open(linked)) && !(await open(keptText() ?? {}))) await sources.readSample('apple');

/** Reads the sample or text of a link, or the one that was kept; `false` if there is none. */
async function open({ title = 'Text of a link', sample, text }: ReturnType<typeof carriedBy> & { title?: string }) {
  if (text !== undefined && text.trim() !== '') sources.read({ title, text });
  else if (sample === undefined) return false;
  else await sources.readSample(sample);
  return session !== undefined;
}
