import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.ts';

const run = promisify(execFile);

/** What bash completes the last word to. */
async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout: script } = await runCommand(['completion', 'bash']);
  const list = words.map((word) => `'${word}'`).join(' ');
  const line = `COMP_WORDS=(bertql ${list}); COMP_CWORD=${words.length}; _bertql; echo "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', `${script}\n${line}`], { cwd: new URL('../..', import.meta.url) });
  return stdout.trim().split(' ').filter(Boolean);
}

const hasBash = spawnSync('bash', ['--version']).status === 0;

// Skipped if there is no bash.
describe.skipIf(!hasBash)('completion in bash completes the last word', () => {
  it.each([
    { words: ['sent'], expected: ['sentiment'] },
    { words: ['sentiment', '--long'], expected: ['--long-text'] },
    { words: ['sentiment', '--long-text', ''], expected: ['windows', 'truncate'] },
    { words: ['entities', '--aggregation', 'a'], expected: ['average'] },
    { words: ['entities', '--file', 'READ'], expected: ['README.md'] },
    { words: ['models', 'pu'], expected: ['pull'] },
  ])('of $words to $expected', async ({ words, expected }) => {
    expect(await complete(...words)).toEqual(expected);
  });
});

it('completion in zsh and fish has every command and its flags', async () => {
  const [zsh, fish] = await Promise.all([runCommand(['completion', 'zsh']), runCommand(['completion', 'fish'])]);
  expect(zsh.stdout).toMatch(/^autoload -U bashcompinit && bashcompinit\n_bertql\(\) \{\n/);
  for (const command of [
    'serve',
    'tokenize',
    'sentiment',
    'entities',
    'analyze',
    'demo',
    'evaluate',
    'models',
    'key',
  ]) {
    expect(fish.stdout).toContain(`complete -c bertql -n __fish_use_subcommand -f -a ${command} -d '`);
  }
  expect(fish.stdout).toContain("'__fish_seen_subcommand_from sentiment' -l long-text -x -a 'windows truncate' -d ");
  expect(await runCommand(['completion', 'tcsh'])).toMatchObject({ code: 2 });
});
