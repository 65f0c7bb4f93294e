import type { FileProgress } from '../models/hub/download.ts';
import type { Model } from '../models/registry.ts';

/** How far a model is on its way here. */
export interface ModelProgress {
  readonly model: Model;
  /** The file that comes now; `null` where none does. */
  readonly file: string | null;
  /** Bytes of its files that are here. */
  readonly receivedBytes: number;
  /** Bytes of all its files; `null` while the hub has not told all of them. */
  readonly totalBytes: number | null;
  /** 0 to 1; `null` where the total is not known. */
  readonly fraction: number | null;
}

/** Milliseconds between two notes of the same file. */
const QUIET_MS = 100;

/** Adds up what is fetched of one model. */
export class LoadProgress {
  readonly #files = new Map<string, FileProgress>();
  #file: string | null = null;
  #complete = false;
  #notedAt = 0;

  /** Takes note of a file. True where that is worth telling: a new file, its end, or some time after the last. */
  note(progress: FileProgress): boolean {
    const { file, receivedBytes, totalBytes } = progress;
    this.#files.set(file, progress);
    const now = performance.now();
    const telling = file !== this.#file || receivedBytes === totalBytes || now - this.#notedAt >= QUIET_MS;
    this.#file = file;
    if (telling) this.#notedAt = now;
    return telling;
  }

  /** The last file has begun, so that the sizes of all are known. */
  markLast(): void {
    this.#complete = true;
  }

  /** Nothing more comes. */
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
