import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { TestHub } from './hub-server.ts';

export const SENTIMENT = 'distilbert-base-uncased-finetuned-sst-2-english';
export const NER = 'dslim/bert-base-NER';
export const WEIGHTS = 'onnx/model_quantized.onnx';

/** A hub and an empty cache folder. */
export interface HubSetting {
  readonly hub: TestHub;
  readonly home: string;
  /** Variables for a server that uses them. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Starts a hub for the tests of a file, each with the hub as it was and, on demand, a cache folder of its own. */
export function useHub({ freshHome = false } = {}): HubSetting {
  let hub: TestHub | undefined;
  let home = '';
  const folders: string[] = [];
  const newHome = async () => {
    home = await mkdtemp(join(tmpdir(), 'bertql-hub-'));
    folders.push(home);
  };
  beforeAll(async () => {
    hub = await TestHub.start();
    await newHome();
  });
  beforeEach(async () => {
    hub?.reset();
    if (freshHome) await newHome();
  });
  afterAll(async () => {
    await hub?.close();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  const running = () => {
    if (!hub) throw new Error('The hub is not running yet; ask inside a test.');
    return hub;
  };
  return {
    get hub() {
      return running();
    },
    get home() {
      return home;
    },
    get variables() {
      return { HF_ENDPOINT: running().url, HF_HOME: home, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' };
    },
  };
}
