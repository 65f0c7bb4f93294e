import type { ModelProgress } from '../inference/load-progress.ts';

/** Share of the last measure of the rate in what is shown. */
const SMOOTHING = 0.3;
const MEASURE_MS = 500;
const BAR_WIDTH = 20;

/** One line on a download: model, file, share, size, rate. */
export class DownloadLine {
  readonly #progress: () => ModelProgress;
  readonly #bar: boolean;
  #bytes = 0;
  #at = performance.now();
  #bytesPerMs: number | undefined;

  /** @param bar whether a bar shows the share too, for a terminal */
  constructor(progress: () => ModelProgress, bar: boolean) {
    this.#progress = progress;
    this.#bar = bar;
  }

  text(): string {
    const { model, file, receivedBytes, totalBytes, fraction } = this.#progress();
    this.#measure(receivedBytes);
    const parts = [model.id, file ?? 'loading'];
    if (fraction !== null && this.#bar) parts.push(bar(fraction));
    if (fraction !== null) parts.push(`${Math.floor(100 * fraction)} %`);
    parts.push(totalBytes === null ? size(receivedBytes) : `${size(receivedBytes)} of ${size(totalBytes)}`);
    if (this.#bytesPerMs !== undefined) parts.push(`${size(1000 * this.#bytesPerMs)}/s`);
    return parts.join('  ');
  }

  /** What was here from an earlier download does not count. */
  #measure(bytes: number): void {
    const now = performance.now();
    if (this.#bytes === 0) {
      this.#bytes = bytes;
      this.#at = now;
    } else if (now - this.#at >= MEASURE_MS) {
      const rate = (bytes - this.#bytes) / (now - this.#at);
      this.#bytesPerMs =
        this.#bytesPerMs === undefined ? rate : this.#bytesPerMs + SMOOTHING * (rate - this.#bytesPerMs);
      this.#bytes = bytes;
      this.#at = now;
    }
  }
}

function bar(fraction: number): string {
  const done = Math.floor(BAR_WIDTH * fraction);
  return `${'█'.repeat(done)}${'░'.repeat(BAR_WIDTH - done)}`;
}

/** Bytes in thousands, millions or thousand millions of them. */
export function size(bytes: number): string {
  const [unit, name] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${(bytes / unit).toFixed(1)} ${name}`;
}
