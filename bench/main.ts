/** `npm run bench`: measures the server against the raw engine and writes a table, the figures and a plot. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { Bench } from './bench.ts';
import { Corpus } from './corpus.ts';
import { FULL, SHORT } from './effort.ts';
import { coresInUse, describeMachine } from './machine.ts';
import type { Part } from './part.ts';
import { type ConcurrencyDetails, concurrency } from './parts/concurrency.ts';
import { document } from './parts/document.ts';
import { embeddings } from './parts/embeddings.ts';
import { fairness } from './parts/fairness.ts';
import { growing } from './parts/growing.ts';
import { lag } from './parts/lag.ts';
import { latency } from './parts/latency.ts';
import { memory } from './parts/memory.ts';
import { pages } from './parts/pages.ts';
import { pipelines } from './parts/pipelines.ts';
import { profile } from './parts/profile.ts';
import { shutdown } from './parts/shutdown.ts';
import { throughput } from './parts/throughput.ts';
import { RESULTS } from './places.ts';
import { plot } from './plot.ts';
import { type PartReport, type Report, sectionOf, toMarkdown } from './report.ts';

const PARTS = {
  latency,
  throughput,
  embeddings,
  concurrency,
  document,
  growing,
  fairness,
  lag,
  memory,
  pages,
  pipelines,
  shutdown,
  profile,
};
type PartName = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as readonly PartName[];
/** The profile measures nothing: it explains the measurements, on request. */
const DEFAULT_NAMES = NAMES.filter((name) => name !== 'profile');

const { only, short } = new Command('npm run bench --')
  .description('Measures bertql against raw onnxruntime sessions on the same texts. Takes about eight minutes.')
  .addOption(new Option('--only <parts...>', 'only these parts').choices(NAMES))
  .option('--short', 'under a minute; the figures are noisy', false)
  .parse()
  .opts<{ readonly only?: readonly PartName[]; readonly short: boolean }>();

const machine = await describeMachine();
const bench = new Bench(await Corpus.load(), short ? SHORT : FULL);
const parts: Record<string, PartReport> = {};
for (const name of only ?? DEFAULT_NAMES) {
  const othersCores = await coresInUse();
  const startedAt = performance.now();
  const part: Part = PARTS[name];
  try {
    const result = await part(bench);
    const report = { ...result, seconds: (performance.now() - startedAt) / 1000, othersCores };
    parts[name] = report;
    console.log(`${sectionOf(name, report).join('\n')}\n`);
  } catch (error) {
    // The other parts are worth having.
    console.error(`${name} failed:`, error);
    process.exitCode = 1;
  }
}
await bench.close();

const report: Report = { at: new Date().toISOString(), effort: short ? 'short' : 'full', machine, parts };
await mkdir(RESULTS, { recursive: true });
await writeFile(new URL('bench.json', RESULTS), `${JSON.stringify(report, null, 2)}\n`);
await writeFile(new URL('bench.md', RESULTS), toMarkdown(report));
const atConcurrency = parts['concurrency']?.details as ConcurrencyDetails | undefined;
if (atConcurrency) await writeFile(new URL('concurrency.svg', RESULTS), plot(atConcurrency));
console.log(`The table, the figures and the plot are in ${fileURLToPath(RESULTS)}`);
