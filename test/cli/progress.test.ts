import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showProgress } from '../../src/cli/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What progress writes to a stream in some seconds, if it says how many have passed. */
function written(stream: { isTTY?: boolean; columns?: number }, plain: boolean, seconds: number): readonly string[] {
  const writes: string[] = [];
  const startedAt = Date.now();
  const progress = showProgress({ ...stream, write: (text) => writes.push(text) }, plain, () => {
    return `${(Date.now() - startedAt) / 1000} s gone by`;
  });
  vi.advanceTimersByTime(1000 * seconds);
  progress.end();
  vi.advanceTimersByTime(60_000);
  return writes;
}

describe('progress', () => {
  it('is one line on a terminal, which is rewritten and cleared at the end', () => {
    const writes = written({ isTTY: true, columns: 80 }, true, 0.25);
    expect(writes).toEqual([
      '\r\u001b[K0 s gone by',
      '\r\u001b[K0.1 s gone by',
      '\r\u001b[K0.2 s gone by',
      '\r\u001b[K',
    ]);
  });

  it('is cut at the width of the terminal, if that is known', () => {
    expect(written({ isTTY: true, columns: 6 }, true, 0)[0]).toBe('\r\u001b[K0 s g');
    expect(written({ isTTY: true, columns: 0 }, true, 0)[0]).toBe('\r\u001b[K0 s gone by');
  });

  it('is plain lines elsewhere, each after twice the time of the one before', () => {
    expect(written({}, true, 1.9)).toEqual([]);
    const lines = written({}, true, 300);
    expect(lines.map((line) => Number.parseInt(line, 10))).toEqual([2, 4, 8, 16, 32, 64, 128, 192, 256]);
    expect(lines[0]).toBe('2 s gone by\n');
  });

  it('is cleared while something else is written', () => {
    const writes: string[] = [];
    const stream = { isTTY: true, columns: 80, write: (text: string) => writes.push(text) };
    const progress = showProgress(stream, false, () => 'half');
    progress.aside(() => writes.push('a line\n'));
    progress.end();
    expect(writes).toEqual(['\r\u001b[Khalf', '\r\u001b[K', 'a line\n', '\r\u001b[Khalf', '\r\u001b[K']);
  });

  it('of a download hides that of a reading until it ends', () => {
    const writes: string[] = [];
    const stream = { isTTY: true, columns: 80, write: (text: string) => writes.push(text) };
    const reading = showProgress(stream, false, () => 'reading');
    const download = showProgress(stream, false, () => 'download');
    vi.advanceTimersByTime(100);
    download.end();
    vi.advanceTimersByTime(100);
    reading.end();
    const [clear, shown] = ['\r\u001b[K', (text: string) => `\r\u001b[K${text}`];
    expect(writes).toEqual([shown('reading'), shown('download'), shown('download'), clear, shown('reading'), clear]);
  });

  it('is not written to a pipe if no plain lines are wanted', () => {
    expect(written({}, false, 12)).toEqual([]);
    expect(written({ isTTY: true }, false, 0)).toHaveLength(2);
  });
});
