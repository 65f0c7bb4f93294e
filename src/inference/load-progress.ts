import type { FileProgress } from '../models/hub/download.ts';
import type { Model } from '../models/registry.ts';

/** Progress of a model's download. */
export interface ModelProgress {
  readonly model: Model;
  /** The file that is being downloaded; `null` if none is. */
  readonly file: string | null;
  /** Bytes that have been downloaded. */
  readonly receivedBytes: number;
  /** Bytes of all its files; `null` until the size of each is known. */
  readonly totalBytes: number | null;
  /** Part of the total that has been received, 0 to 1; `null` if the total is not known. */
  readonly fraction: number | null;
}

/** Milliseconds between two progress events of the same file. */
const QUIET_MS = 100;

/** The progress of all downloads of one model. */
export class LoadProgress {
  readonly #files = new Map<string, FileProgress>();
  #file: string | null = null;
  #complete = false;
  #notedAt = 0;

  /**
   * Records the progress of a file. Returns whether to emit an event: for a new file, at its end, or after some time.
   */
  note(progress: FileProgress): boolean {
    const { file, receivedBytes, totalBytes } = progress;
    this.#files.set(file, progress);
    const now = performance.now();
    const isNews = file !== this.#file || receivedBytes === totalBytes || now - this.#notedAt >= QUIET_MS;
    this.#file = file;
    if (isNews) this.#notedAt = now;
    return isNews;
  }

  /** Call when the last file has begun, so that all sizes are known. */
  markLast(): void {
    this.#complete = true;
  }

  /** Call when everything is downloaded. */
  markDone(): void {
    this.#file = null;
  }

  of(model: Model): ModelProgress {
    const files = [...this.#files.values()];
    const here = model.state === 'READY' ? (model.sizeBytes ?? 0) : 0;
    const receivedBytes = Math.max(
      here,
      files.reduce((sum, each) => sum + each.receivedBytes, 0),
    );
    const known = model.state === 'READY' || (this.#complete && files.every((each) => each.totalBytes !== undefined));
    const totalBytes = known
      ? Math.max(
          receivedBytes,
          files.reduce((sum, each) => sum + (each.totalBytes ?? 0), 0),
        )
      : null;
    const fraction = totalBytes === null ? null : totalBytes === 0 ? 1 : receivedBytes / totalBytes;
    return { model, file: this.#file, receivedBytes, totalBytes, fraction };
  }
}
