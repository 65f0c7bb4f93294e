import type { ModelProgress } from '../inference/load-progress.ts';

/** Share of the last measure of the rate in what is shown. */
const SMOOTHING = 0.3;
const MEASURE_MS = 500;

/** One line on a download: model, file, share, size, rate. */
export class DownloadLine {
  readonly #progress: () => ModelProgress;
  #bytes = 0;
  #at = performance.now();
  #bytesPerMs: number | undefined;

  constructor(progress: () => ModelProgress) {
    this.#progress = progress;
  }

  text(): string {
    const { model, file, receivedBytes, totalBytes, fraction } = this.#progress();
    this.#measure(receivedBytes);
    const share = fraction === null ? '' : `${Math.floor(100 * fraction)} %`;
    const size =
      totalBytes === null ? megabytes(receivedBytes) : `${number(receivedBytes)} of ${megabytes(totalBytes)}`;
    const rate = this.#bytesPerMs === undefined ? '' : `${number(1000 * this.#bytesPerMs)} MB/s`;
    return [model.id, file ?? 'loading', share, size, rate].filter(Boolean).join('  ');
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

/** Bytes in millions of them. */
export function megabytes(bytes: number): string {
  return `${number(bytes)} MB`;
}

function number(bytes: number): string {
  return (bytes / 1e6).toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
