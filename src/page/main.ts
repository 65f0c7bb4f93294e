/** The demo page: puts its parts together. */
import { Api, Refusal } from './api.ts';
import { Card, type Fact } from './card.ts';
import { ModelsDocument, type ModelsQuery } from './client/graphql.ts';
import { byId, element, throttled } from './dom.ts';
import { nameOf, styleOf } from './entity-types.ts';
import { Groups, percent } from './groups.ts';
import { KeyDialog } from './key-dialog.ts';
import { Operations } from './operations.ts';
import { type Mention, Reader, type Stretch } from './reader.ts';
import { Reading } from './reading.ts';
import { inWords, Ribbon, type ScoredStretch } from './ribbon.ts';
import { positiveOf, type ScoredSentence, Sentences } from './sentences.ts';
import { type Source, Sources } from './sources.ts';
import { Status } from './status.ts';
import { serveTheme } from './theme.ts';
import { TokenView } from './tokens.ts';
import { Verdict } from './verdict.ts';

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
  note: byId('operation-note', HTMLElement),
  copy: byId('copy', HTMLButtonElement),
  open: hasGraphiql ? graphiqlLink : undefined,
});
const keys = new KeyDialog();
const api = new Api({ onSent: (sent) => operations.note(sent), askForKey: () => keys.ask() });
const card = new Card(byId('card', HTMLElement));
const readerHost = byId('reader', HTMLElement);
const vocabulary = byId('vocabulary', HTMLSelectElement);
const verdict = new Verdict();
let session: Session | undefined;
let isTokenView = false;

const reader = new Reader(readerHost, {
  onPoint: (mention, mark) => (mention && mark ? showMention(mention, mark) : card.hide()),
  onChoose: (mention) => groups.choose(mention),
});

const groups = new Groups(byId('filters', HTMLElement), byId('groups', HTMLElement), byId('more', HTMLButtonElement), {
  onGo: (mention, { mentions }) => {
    showView(false);
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
    reader.scrollTo(sentence);
    highlight(sentence);
  },
  onPoint: (sentence, x) => (sentence ? showSentence(sentence, x) : hideSentence()),
});

const tokens = new TokenView(byId('tokens', HTMLElement), api, (why) => status.state('failed', why));

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

const sources = new Sources({ onText: read, shown: () => session?.source.text ?? '' });

const look = throttled(() => {
  const top = byId('dashboard', HTMLElement).getBoundingClientRect().bottom;
  const view = isTokenView ? undefined : reader.between(top, window.innerHeight);
  ribbon.look(view);
  if (view) session?.sentences.look(view);
}, 60);

/** Reads a text; whatever was read before ends. */
function read(source: Source): void {
  session?.ended.abort();
  session?.reading.cancel();
  operations.clear();
  card.hide();
  verdict.clear();
  groups.clear();
  window.scrollTo({ top: 0 });
  const { text } = source;
  const ended = new AbortController();
  const chunks: ScoredStretch[] = [];
  const showSentiment = throttled(() => {
    if (ended.signal.aborted) return;
    ribbon.update(sentences.all, chunks);
    verdict.sentences(sentences.all);
  }, REDRAW_MS);
  const sentences = new Sentences(api, text, ended.signal, showSentiment);
  const reading = new Reading(api, text, {
    onChunk: ({ chunk, entities, progress, ...event }) => {
      reader.add(entities);
      groups.update(reader.mentions);
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
      if (state === 'reading' && byId('server', HTMLElement).dataset['state'] === 'away') void greet();
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
  showView(isTokenView);
  reading.start();
  look();
}

/** Shows the text with its names, or as tokens. */
function showView(tokenView: boolean): void {
  const changes = tokenView !== isTokenView;
  isTokenView = tokenView;
  readerHost.hidden = tokenView;
  byId('token-view', HTMLElement).hidden = !tokenView;
  byId('view-names', HTMLElement).setAttribute('aria-pressed', String(!tokenView));
  byId('view-tokens', HTMLElement).setAttribute('aria-pressed', String(tokenView));
  if (tokenView && session) tokens.show(session.source.text, reader.leaves, vocabulary.value || undefined);
  else tokens.hide();
  if (changes) look();
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
  card.show(anchor, { style: 'sentence', title: inWords(sentence.positive), facts: [['', shown]] });
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

/** Says what the server is ready for. */
async function greet(): Promise<void> {
  const server = byId('server', HTMLElement);
  const text = byId('server-text', HTMLElement);
  try {
    const { models } = await api.run(ModelsDocument, {});
    const ready = models.filter(({ state, task }) => state === 'READY' && task !== 'TOKENIZATION');
    server.dataset['state'] = ready.length > 0 ? 'ready' : 'waiting';
    text.textContent = ready.length > 0 ? `${ready.length} models ready` : 'models are loading';
    server.title = ready.map(({ id }) => id).join(', ');
    fillVocabularies(models);
  } catch (error) {
    server.dataset['state'] = 'away';
    text.textContent = error instanceof Refusal ? error.message : 'The server cannot be reached';
  }
}

function fillVocabularies(models: ModelsQuery['models']): void {
  const order = models.toSorted((a, b) => Number(b.task === 'TOKENIZATION') - Number(a.task === 'TOKENIZATION'));
  vocabulary.replaceChildren(...order.map(({ id }) => element('option', { value: id }, id)));
}

serveTheme(() => ribbon.draw());
byId('view-names', HTMLElement).addEventListener('click', () => showView(false));
byId('view-tokens', HTMLElement).addEventListener('click', () => showView(true));
vocabulary.addEventListener('change', () => showView(true));
window.addEventListener(
  'scroll',
  () => {
    look();
    card.follow();
  },
  { passive: true },
);
window.addEventListener('resize', look);
await greet();
await sources.readSample('apple');
