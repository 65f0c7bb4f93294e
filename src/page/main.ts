/** The demo page: puts its parts together. */
import { Card, type Fact } from './card.ts';
import { connect } from './connection.ts';
import { byId, throttled } from './dom.ts';
import { nameOf, styleOf } from './entity-types.ts';
import { FindingsSheet } from './findings-sheet.ts';
import { Groups, percent } from './groups.ts';
import { KeyDialog } from './key-dialog.ts';
import type { Mention, Stretch } from './leaf-view.ts';
import { Operations } from './operations.ts';
import { Reader } from './reader.ts';
import { Reading } from './reading.ts';
import { inWords, Ribbon, type ScoredStretch } from './ribbon.ts';
import { positiveOf, type ScoredSentence, Sentences } from './sentences.ts';
import { ServerState } from './server-state.ts';
import { type Source, Sources } from './sources.ts';
import { Status } from './status.ts';
import { serveTheme } from './theme.ts';
import { TokenView } from './tokens.ts';
import { Verdict } from './verdict.ts';
import { type View, Views } from './views.ts';

/** Milliseconds between two drawings of what changes with every chunk. */
const REDRAW_MS = 120;

/** The text that is shown, and what is under way for it. */
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
const server = new ServerState(client);
const card = new Card(byId('card', HTMLElement));
const readerHost = byId('reader', HTMLElement);
const vocabulary = byId('vocabulary', HTMLSelectElement);
const verdict = new Verdict();
const sheet = new FindingsSheet();
let session: Session | undefined;
const views = new Views(showView);

const reader = new Reader(readerHost, {
  onPoint: (mention, mark) => (mention && mark ? showMention(mention, mark) : card.hide()),
  onChoose: (mention) => groups.choose(mention),
});

const groups = new Groups(byId('filters', HTMLElement), byId('groups', HTMLElement), byId('more', HTMLButtonElement), {
  onGo: (mention, { mentions }) => {
    sheet.close();
    showView('names');
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
    showView('names');
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
  onGoOn: () => {
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

const look = throttled(() => {
  const view = seen();
  ribbon.look(view);
  if (view) session?.sentences.look(view);
}, 60);

/** The stretch of the text that is seen now; `undefined` where none is. */
function seen(): Stretch | undefined {
  const top = byId('dashboard', HTMLElement).getBoundingClientRect().bottom;
  if (views.shown === 'tokens') return tokens.between(top, window.innerHeight);
  return views.shown === 'names' ? reader.between(top, window.innerHeight) : undefined;
}

/** Reads a text; whatever was read before ends. */
function read(source: Source): void {
  session?.ended.abort();
  session?.reading.cancel();
  operations.clear();
  card.hide();
  verdict.clear();
  groups.clear();
  sheet.count(0);
  window.scrollTo({ top: 0 });
  const { text } = source;
  const ended = new AbortController();
  const chunks: ScoredStretch[] = [];
  const showSentiment = throttled(() => {
    if (ended.signal.aborted) return;
    ribbon.update(sentences.all, chunks);
    verdict.sentences(sentences.all);
  }, REDRAW_MS);
  const sentences = new Sentences(client, text, ended.signal, showSentiment);
  const reading = new Reading(client, text, {
    onChunk: ({ chunk, entities, progress, ...event }) => {
      reader.add(entities);
      groups.update(reader.mentions);
      sheet.count(reader.mentions.length);
      status.progress(progress, reader.mentions.length);
      if ('sentiment' in event && event.sentiment) chunks.push({ ...chunk, positive: positiveOf(event.sentiment) });
      sentences.reach(chunk.end);
      showSentiment();
    },
    onEnd: ({ progress, sentiment }) => {
      sentences.reach(text.length);
      status.progress(progress, reader.mentions.length);
      verdict.whole(sentiment ? positiveOf(sentiment) : undefined);
    },
    onState: (state, why) => {
      if (ended.signal.aborted) return;
      if (state === 'lost' || (state === 'reading' && server.isAway)) void server.ask();
      status.state(state, why);
      byId('no-names', HTMLElement).hidden = state !== 'done' || reader.mentions.length > 0;
    },
  });
  session = { source, reading, sentences, chunks, ended };
  byId('title', HTMLElement).textContent = source.title;
  byId('size', HTMLElement).textContent = sizeOf(text);
  reader.show(text);
  ribbon.show(text);
  status.begin(reading.isJob);
  if (views.shown === 'tokens') showTokens();
  reading.start();
  look();
}

/** Shows a view of the text, at the place where one is. */
function showView(view: View): void {
  if (view === views.shown) return;
  const place = seen();
  const isAtStart = window.scrollY < byId('desk', HTMLElement).offsetTop;
  views.show(view);
  card.hide();
  if (view === 'tokens') showTokens();
  else tokens.hide();
  if (place && !isAtStart && view === 'tokens') tokens.goTo(place.start);
  if (place && !isAtStart && view === 'names') reader.scrollTo({ start: place.start, end: place.start + 1 });
  look();
}

function showTokens(): void {
  if (session) tokens.show(session.source.text, reader.leaves, vocabulary.value || undefined);
}

function showMention(mention: Mention, mark: HTMLElement): void {
  const place = groups.placeOf(mention);
  const facts: Fact[] = [
    ['confidence', percent(mention.confidence)],
    ['characters', `${mention.start.toLocaleString('en')}–${mention.end.toLocaleString('en')}`],
    ['chunk', (mention.chunkIndex + 1).toLocaleString('en')],
  ];
  if (place) facts.push(['mention', `${place.at} of ${place.of}`]);
  const anchor = () => mark.getClientRects()[0] ?? mark.getBoundingClientRect();
  card.show(anchor, { style: `t${styleOf(mention.type)}`, title: nameOf(mention.type), facts }, mark);
}

function showSentence(sentence: ScoredSentence, x: number): void {
  const words = session?.source.text.slice(sentence.start, sentence.end).replace(/\s+/g, ' ') ?? '';
  const shown = words.length > 180 ? `${words.slice(0, 180).toWellFormed()}…` : words;
  const anchor = () => {
    const { top, height } = ribbonHost.getBoundingClientRect();
    return new DOMRect(x, top, 0, height);
  };
  // The slider tells its value itself.
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

/** Brings out a sentence in the text, without touching the document. */
function highlight(stretch: Stretch): void {
  const range = reader.rangeOf(stretch);
  if (range && CSS.highlights) CSS.highlights.set('sentence', new Highlight(range));
}

function sizeOf(text: string): string {
  const words = text.match(/\S+/g)?.length ?? 0;
  return `${words.toLocaleString('en')} words, ${text.length.toLocaleString('en')} characters`;
}

serveTheme(() => ribbon.draw());
vocabulary.addEventListener('change', showTokens);
window.addEventListener(
  'scroll',
  () => {
    look();
    card.follow();
  },
  { passive: true },
);
window.addEventListener('resize', look);
// Nobody waits any more for what a page that is closed has started.
window.addEventListener('pagehide', ({ persisted }) => {
  if (!persisted) session?.reading.cancel();
});
await server.ask();
await sources.readSample('apple');
