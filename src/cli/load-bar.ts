import type { ModelLoader } from '../inference/model-loader.ts';
import type { Model } from '../models/registry.ts';
import { DownloadLine } from './download-line.ts';
import { type Progress, type ProgressStream, showProgress } from './progress.ts';

/** Shows downloads of a server's models on its terminal, each while it lasts. Gives what ends that. */
export function showLoads(stream: ProgressStream, loader: ModelLoader): () => void {
  const loading = new Map<Model, DownloadLine>();
  let shown: Progress | undefined;
  const unwatch = loader.events.on((model) => {
    const { file } = loader.events.progressOf(model);
    if (file === null || model.state === 'READY' || model.state === 'FAILED') loading.delete(model);
    else if (!loading.has(model)) loading.set(model, new DownloadLine(() => loader.events.progressOf(model), true));
    if (loading.size > 0) {
      shown ??= showProgress(stream, false, () => [...loading.values()].map((line) => line.text()).join(' | '));
    } else {
      shown?.end();
      shown = undefined;
    }
  });
  return () => {
    unwatch();
    shown?.end();
  };
}
