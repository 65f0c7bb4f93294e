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

/**
 * Shows what `describe` says until the returned function is called.
 *
 * @param plain whether a stream that is no terminal gets lines, too
 */
export function showProgress(stream: ProgressStream, plain: boolean, describe: () => string): () => void {
  if (!stream.isTTY) {
    if (!plain) return () => undefined;
    let pause = FIRST_PLAIN_LINE_MS;
    const write = () => {
      stream.write(`${describe()}\n`);
      timer = setTimeout(write, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    };
    let timer = setTimeout(write, pause);
    return () => clearTimeout(timer);
  }
  const draw = () => stream.write(`${CLEAR_LINE}${describe().slice(0, (stream.columns || 80) - 1)}`);
  draw();
  const timer = setInterval(draw, REDRAW_MS);
  return () => {
    clearInterval(timer);
    stream.write(CLEAR_LINE);
  };
}
