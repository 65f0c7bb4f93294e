import { readFile } from 'node:fs/promises';
import { Child } from './child.ts';
import type { ServerDialogue, Snapshot } from './server-dialogue.ts';

/** Next to `dist`, from which this runs. */
const PACKAGE = new URL('../../package.json', import.meta.url);

/** What the server did between two snapshots. */
export interface Work {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly batches: number;
  readonly sequences: number;
  /** Special tokens included, padding not. */
  readonly tokens: number;
  readonly paddedTokens: number;
}

/** The server under measurement, in a process of its own. */
export class MeasuredServer {
  readonly url: string;
  readonly #child: Child<ServerDialogue>;

  private constructor(child: Child<ServerDialogue>, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Starts a server on a free port, with no cache of results. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<MeasuredServer> {
    const child = new Child<ServerDialogue>(
      'server-process',
      // The first is what `serve` sets.
      { NODE_ENV: 'production', PORT: '0', CACHE_BYTES: '0', ...settings },
      await startFlags(),
    );
    return new MeasuredServer(child, await child.ask('start', undefined));
  }

  snapshot(): Promise<Snapshot> {
    return this.#child.ask('snapshot', undefined);
  }

  /** Does something and tells how late the event loop was meanwhile. */
  async lagDuring(action: () => Promise<unknown>) {
    await this.#child.ask('lag', 'begin');
    await action();
    return this.#child.ask('lag', 'end');
  }

  /** Does something and gives the profile of the main thread. */
  async profileDuring(action: () => Promise<unknown>) {
    await this.#child.ask('profile', 'begin');
    await action();
    return this.#child.ask('profile', 'end');
  }

  /** Processor time of each thread so far; none if the system does not report it. */
  threads() {
    return this.#child.ask('threads', undefined);
  }

  /** When the body of the latest request for a stream had been read, on the clock of `now`. */
  streamRead(): Promise<number> {
    return this.#child.ask('streamRead', undefined);
  }

  close(): Promise<void> {
    return this.#child.close();
  }
}

/** The options of Node in `npm start`, except for the build. */
async function startFlags(): Promise<readonly string[]> {
  const { scripts } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { readonly scripts: { start: string } };
  return scripts.start.match(/--max-\S+/g) ?? [];
}

export function workBetween(before: Snapshot, after: Snapshot): Work {
  return {
    seconds: (after.atMs - before.atMs) / 1000,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    batches: after.batches - before.batches,
    sequences: after.sequences - before.sequences,
    tokens: after.tokens - before.tokens,
    paddedTokens: after.paddedTokens - before.paddedTokens,
  };
}

/** Share of what the model computed that was padding. */
export function paddingOf({ tokens, paddedTokens }: Pick<Work, 'tokens' | 'paddedTokens'>): number {
  return 1 - tokens / paddedTokens;
}
