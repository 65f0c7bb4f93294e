import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCommand, startCommand } from './command.ts';

const STORY = fileURLToPath(new URL('../texts/scandal-in-bohemia.txt', import.meta.url));
const story = readFileSync(STORY).subarray(0, 3000);

it('analyze --follow finds the same names in a text that grows as analyze in the whole text', async () => {
  const { child, ended } = startCommand(['analyze', '--follow']);
  // The parts end within a word and within a line.
  for (const [start, end] of [
    [0, 100],
    [100, 1501],
    [1501, 3000],
  ] as const)
    child.stdin.write(story.subarray(start, end));
  child.stdin.end();
  const whole = await runCommand(['analyze'], story);
  const grown = await ended;
  expect(grown).toMatchObject({ code: 0, signal: null, stderr: '' });
  const names = (output: string) => output.split('\n').filter((line) => line.includes('×'));
  expect(names(grown.stdout)).toEqual(names(whole.stdout));
  expect(names(grown.stdout).length).toBeGreaterThan(5);
});

it('analyze --follow prints the totals of a text that Ctrl+C ends', async () => {
  const { child, ended } = startCommand(['analyze', '--follow', '--json']);
  child.stdin.write('Angela Merkel met Emmanuel Macron in Paris. ');
  for await (const data of child.stdout) {
    if (String(data).includes('TailAnalyzed')) child.kill('SIGINT');
  }
  const { code, stdout } = await ended;
  expect(code).toBe(0);
  expect(stdout).toContain('"event":"AnalysisCompleted"');
  expect(stdout).toContain('"entityCount":3');
});

it('analyze --follow does not try again what fails from the start', async () => {
  const nowhere = { HF_HUB_OFFLINE: '1', HF_HOME: fileURLToPath(new URL('nowhere', import.meta.url)) };
  const { code, stderr } = await runCommand(['analyze', '--follow', '--model', 'dslim/bert-base-NER'], story, nowhere);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^bertql: .*HF_HUB_OFFLINE.*\n$/) });
});

it('analyze --follow refuses texts that are not on standard input', async () => {
  const { code, stderr } = await runCommand(['analyze', '--follow', 'a text']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'bertql: --follow reads standard input alone\n' });
});
