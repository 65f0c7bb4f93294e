import { expect, test, vi } from 'vitest';
import { DownloadLine, showDownloads } from '../../src/cli/downloads.ts';
import { LoadProgress } from '../../src/inference/load-progress.ts';
import { ModelEvents } from '../../src/inference/model-events.ts';
import { HUB_MODELS } from '../../src/models/catalogue.ts';
import { Model } from '../../src/models/registry.ts';

function download() {
  const [entry] = HUB_MODELS;
  if (!entry) throw new Error('There are models of the hub.');
  const model = new Model(entry, { device: 'cpu', dtype: 'auto', file: undefined });
  const progress = new LoadProgress();
  return { model, progress };
}

test('a download is shown as model, file, bar, share and size, and without the bar in a plain line', () => {
  const { model, progress } = download();
  const line = (bar: boolean) => new DownloadLine(() => progress.of(model), bar).text();
  expect(line(true)).toBe(`${model.id}  loading  0.0 kB`);
  progress.note({ file: 'config.json', receivedBytes: 700, totalBytes: 700 });
  // The size of the weights is not known yet, so the share is not either.
  expect(line(true)).toBe(`${model.id}  config.json  0.7 kB`);
  progress.markLast();
  progress.note({ file: 'onnx/model.onnx', receivedBytes: 125_000_000, totalBytes: 249_999_300 });
  expect(line(true)).toBe(`${model.id}  onnx/model.onnx  ██████████░░░░░░░░░░  50 %  125.0 MB of 250.0 MB`);
  expect(line(false)).toBe(`${model.id}  onnx/model.onnx  50 %  125.0 MB of 250.0 MB`);
});

test('a size that the hub does not tell is left out', () => {
  const { model, progress } = download();
  progress.markLast();
  progress.note({ file: 'onnx/model.onnx', receivedBytes: 3_000_000, totalBytes: undefined });
  expect(progress.of(model)).toMatchObject({ receivedBytes: 3_000_000, totalBytes: null, fraction: null });
  expect(new DownloadLine(() => progress.of(model), true).text()).toBe(`${model.id}  onnx/model.onnx  3.0 MB`);
});

test('a download that is cut short is cleared from the terminal, and nothing more is drawn', () => {
  vi.useFakeTimers();
  const { model } = download();
  const writes: string[] = [];
  const events = new ModelEvents();
  const hide = showDownloads({ isTTY: true, columns: 80, write: (text) => writes.push(text) }, events, false);
  events.progressFor(model, true).note({ file: 'config.json', receivedBytes: 300, totalBytes: 700 });
  events.emit(model);
  expect(writes).toEqual([`\r\u001b[K${model.id}  config.json  0.3 kB`]);
  hide();
  vi.advanceTimersByTime(10_000);
  expect(writes.slice(1)).toEqual(['\r\u001b[K']);
  vi.useRealTimers();
});
