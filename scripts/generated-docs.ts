/** The pages of docs that are generated from code. `npm run generate` writes them, `npm run check` fails if they have drifted. */

import { readFileSync } from 'node:fs';
import { describedSettings } from '../src/config.ts';
import { ERROR_CATALOGUE } from '../src/errors.ts';

/** docs/settings.md: every setting that has an environment variable. */
export function settingsPage(): string {
  const sections = describedSettings().map(({ title, settings }) => {
    const rows = settings.map((setting) => [
      `\`${setting.variable}\``,
      `\`${setting.option}\``,
      setting.shownDefault ?? shown(setting.default),
      setting.about + choicesOf(setting.expected),
    ]);
    return `## ${title}\n\n${table(['variable', 'option', 'default', ''], rows)}`;
  });
  return `# Settings

<!-- Generated from src/config.ts by \`npm run generate\`. -->

Every setting is an environment variable of the server and the command line, and an option of
[the library](library.md). An empty variable counts as unset. An invalid value is refused at the start, with the name of
the setting, the expected value and the actual one.

${sections.join('\n\n')}
`;
}

/** docs/errors.md: its table comes from the catalogue; the rest is written by hand. */
export function errorsPage(): string {
  const rows = Object.entries(ERROR_CATALOGUE).map(([code, { when, todo, status, retry }]) => [
    `\`${code}\``,
    when,
    todo,
    String(status),
    retry ? 'yes' : 'no',
  ]);
  const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
  return page.replace(
    /^\| code \|.*\n(?:\|.*\n)+/m,
    `${table(['code', 'when', 'what to do', 'HTTP status', 'try again'], rows)}\n`,
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const MIB = 1024 * 1024;

function shown(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (typeof value !== 'number') return `\`${String(value)}\``;
  return value >= MIB && value % MIB === 0 ? `${value / MIB} MiB` : value.toLocaleString('en-US');
}

/** The choices of a setting that has more than yes and no. */
function choicesOf(expected: string): string {
  const [, choices] = /^one of (?!true)(.*)/.exec(expected) ?? [];
  return choices === undefined ? '' : ` One of ${choices.replace(/[^, ]+/g, '`$&`')}.`;
}
