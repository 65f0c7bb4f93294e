import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runCommand } from './command.ts';

const BOOK = new URL('../texts/scandal-in-bohemia.txt', import.meta.url).pathname;

test('embed prints a vector of each line as JSON', async () => {
  const { stdout, code } = await runCommand(['embed', '--lines', '--json'], 'A cat.\nA dog.\n');
  const vectors = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { source: string; vector: number[] });
  expect(vectors.map(({ source, vector }) => [source, vector.length])).toEqual([
    ['standard input:1', 384],
    ['standard input:2', 384],
  ]);
  expect(code).toBe(0);
});

test('embed and similarity read texts as queries if they are told so', async () => {
  const folder = new URL('../../models/all-minilm-l6-v2', import.meta.url).pathname;
  const registration = { id: 'mine', task: 'EMBEDDING', folder, queryPrefix: 'question: ' };
  const mine = { MODELS_CONFIG: JSON.stringify([registration]) };
  const vectorOf = async (...args: readonly string[]) => {
    const { stdout } = await runCommand(['embed', '--json', ...args], '', mine);
    return (JSON.parse(stdout) as { vector: readonly number[] }).vector;
  };
  const [query, passage, spelledOut] = await Promise.all([
    vectorOf('--model', 'mine', '--query', 'Where?'),
    vectorOf('--model', 'mine', 'Where?'),
    vectorOf('question: Where?'),
  ]);
  expect(query).toEqual(spelledOut);
  expect(passage).not.toEqual(query);
  const compare = async (...flags: readonly string[]) =>
    (await runCommand(['similarity', '--model', 'mine', ...flags, 'Where?', 'There.'], '', mine)).stdout;
  expect(await compare('--query')).not.toBe(await compare());
});

test('similarity prints how alike two texts are', async () => {
  const { stdout } = await runCommand(['similarity', 'The cat sits outside.', 'The cat sits outside.']);
  expect(stdout).toBe('1.0000\n');
});

test('search prints passages with places that slice to them', async () => {
  const { stdout } = await runCommand(['search', 'What did the King wear?', '--file', BOOK, '--first', '3', '--json']);
  const { passages } = JSON.parse(stdout) as {
    passages: { text: string; start: number; end: number; score: number }[];
  };
  const text = await readFile(BOOK, 'utf8');
  expect(passages).toHaveLength(3);
  for (const { text: passage, start, end } of passages) expect(text.slice(start, end)).toBe(passage);
});

test('senses prints the occurrences of a word and how alike they are', async () => {
  const lines = 'He sat on the river bank.\nShe opened a bank account.\n';
  const { stdout } = await runCommand(['senses', 'bank', '--lines'], lines);
  expect(stdout).toMatch(/1 {2}text 1, 20 {2}He sat on the river bank\.\n {2}2 {2}text 2, 13/);
  expect(stdout).toMatch(/1 {2}1\.00 {2}0\.\d\d\n2 {2}0\.\d\d {2}1\.00\n$/);
  const { stderr, code } = await runCommand(['senses', 'zebra', '--lines'], lines);
  expect(stderr).toContain('"zebra" is in none of the 2 texts');
  expect(code).toBe(1);
});
