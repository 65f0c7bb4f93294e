/** Where progress goes: a terminal has a line that is written over, anything else gets a line now and then, ever more rarely. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 100;
/** Plain lines come when the time that has gone by has doubled, and at least this often. */
const LONGEST_PAUSE_MS = 64_000;
const FIRST_PLAIN_LINE_MS = 2000;
const CLEAR_LINE = '\r\u001b[K';

/** Progress that is shown until its end. */
export interface Progress {
  /** Does something else with the terminal, such as printing whole lines, while the line of progress is out of the way. */
  aside(action: () => void): void;
  end(): void;
}

/**
 * Shows what `describe` says.
 *
 * @param plain whether a stream that is no terminal gets lines, too
 * @param paint gives a line on a terminal its colour
 */
export function showProgress(
  stream: ProgressStream,
  plain: boolean,
  describe: () => string,
  paint = (line: string) => line,
): Progress {
  if (stream.isTTY) return showOnTerminal(stream, describe, paint);
  if (!plain) return { aside: (action) => action(), end: () => undefined };
  let pause = FIRST_PLAIN_LINE_MS;
  const write = () => {
    stream.write(`${describe()}\n`);
    timer = setTimeout(write, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  };
  let timer = setTimeout(write, pause);
  return { aside: (action) => action(), end: () => clearTimeout(timer) };
}

function showOnTerminal(stream: ProgressStream, describe: () => string, paint: (line: string) => string): Progress {
  const draw = () => stream.write(`${CLEAR_LINE}${paint(describe().slice(0, (stream.columns || 80) - 1))}`);
  draw();
  const timer = setInterval(draw, REDRAW_MS);
  return {
    aside: (action) => {
      stream.write(CLEAR_LINE);
      action();
      draw();
    },
    end: () => {
      clearInterval(timer);
      stream.write(CLEAR_LINE);
    },
  };
}
