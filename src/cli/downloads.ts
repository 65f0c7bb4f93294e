import type { ModelProgress } from '../inference/load-progress.ts';
import type { ModelEvents } from '../inference/model-events.ts';
import type { Model } from '../models/registry.ts';
import { bar, type Progress, type ProgressStream, showProgress } from './progress.ts';

/** Shows downloads of models while they last. Returns a function that ends that. @param plain as for `showProgress` */
export function showDownloads(stream: ProgressStream, events: ModelEvents, plain: boolean): () => void {
  const lines = new Map<Model, DownloadLine>();
  let shown: Progress | undefined;
  const off = events.on((model) => {
    const { file } = events.progressOf(model);
    if (file === null || model.state === 'READY' || model.state === 'FAILED') lines.delete(model);
    else if (!lines.has(model))
      lines.set(model, new DownloadLine(() => events.progressOf(model), stream.isTTY === true));
    if (lines.size > 0) {
      shown ??= showProgress(stream, plain, () => [...lines.values()].map((line) => line.text()).join(' | '));
    } else {
      shown?.end();
      shown = undefined;
    }
  });
  return () => {
    off();
    shown?.end();
  };
}

/** Weight of the latest measurement in the rate that is shown. */
const SMOOTHING = 0.3;
const MEASURE_MS = 500;

/** One line on a download: model, file, share, size, rate. */
export class DownloadLine {
  readonly #progress: () => ModelProgress;
  readonly #bar: boolean;
  #bytes = 0;
  #at = performance.now();
  #bytesPerMs: number | undefined;

  /** @param bar whether the line has a bar, for a terminal */
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

  /** What an earlier download has left does not count. */
  #measure(bytes: number): void {
    const ms = performance.now() - this.#at;
    if (this.#bytes > 0 && ms < MEASURE_MS) return;
    if (this.#bytes > 0) {
      const rate = (bytes - this.#bytes) / ms;
      this.#bytesPerMs = SMOOTHING * rate + (1 - SMOOTHING) * (this.#bytesPerMs ?? rate);
    }
    this.#bytes = bytes;
    this.#at += ms;
  }
}

/** Bytes in kB, MB or GB. */
export function size(bytes: number): string {
  const [unit, name] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${(bytes / unit).toFixed(1)} ${name}`;
}
