/** Where progress goes. A terminal gets a line that is rewritten; anything else gets plain lines, ever more rarely. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Progress that is shown until its end. */
export interface Progress {
  /** Does something else with the terminal, such as printing whole lines, while the line of progress is cleared. */
  aside(action: () => void): void;
  end(): void;
}

const REDRAW_MS = 100;
const FIRST_PLAIN_LINE_MS = 2000;
/** A plain line comes whenever the time has doubled, and at least this often. */
const LONGEST_PAUSE_MS = 64_000;
const CLEAR_LINE = '\r\u001b[K';
const BAR_WIDTH = 20;

/** What is in progress on each terminal. Only the latest is seen, such as the download of a model during a reading. */
const onTerminals = new WeakMap<ProgressStream, Progress[]>();

/**
 * Shows what `describe` returns.
 *
 * @param plain whether a stream that is no terminal gets lines too
 * @param paint colours a line for a terminal
 */
export function showProgress(
  stream: ProgressStream,
  plain: boolean,
  describe: () => string,
  paint = (line: string) => line,
): Progress {
  if (stream.isTTY) return showOnTerminal(stream, () => paint(describe().slice(0, (stream.columns || 80) - 1)));
  let timer: NodeJS.Timeout | undefined;
  let shownFor = 0;
  const writeAfter = (pause: number) => {
    timer = setTimeout(() => {
      stream.write(`${describe()}\n`);
      shownFor += pause;
      writeAfter(Math.min(shownFor, LONGEST_PAUSE_MS));
    }, pause);
  };
  if (plain) writeAfter(FIRST_PLAIN_LINE_MS);
  return { aside: (action) => action(), end: () => clearTimeout(timer) };
}

function showOnTerminal(stream: ProgressStream, line: () => string): Progress {
  const all = onTerminals.get(stream) ?? [];
  onTerminals.set(stream, all);
  const draw = () => {
    if (all.at(-1) === progress) stream.write(`${CLEAR_LINE}${line()}`);
  };
  const progress: Progress = {
    aside: (action) => {
      stream.write(CLEAR_LINE);
      action();
      draw();
    },
    end: () => {
      clearInterval(timer);
      stream.write(CLEAR_LINE);
      all.splice(all.indexOf(progress), 1);
    },
  };
  all.push(progress);
  draw();
  const timer = setInterval(draw, REDRAW_MS);
  return progress;
}

/** A bar of fixed width. @param fraction 0 to 1 */
export function bar(fraction: number): string {
  const full = Math.floor(BAR_WIDTH * fraction);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}
