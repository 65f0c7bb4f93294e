/**
 * Compares the contract with that of the last release (`schema/released.graphql`). A breaking change fails, unless
 * the newest section of CHANGELOG.md, which must be of a later version, names its place in the graph in backquotes.
 * Changes that may break a careless client are printed. With a release, `schema/released.graphql` is written again:
 * a line with its version, then `schema/schema.graphql`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const root = join(import.meta.dirname, '..');
const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');

const released = read('schema/released.graphql');
const releasedVersion = /^# .*?(\d+\.\d+\.\d+)/.exec(released)?.[1];
const [, newestVersion, newest = ''] = /^## (\d+\.\d+\.\d+)$(.*?)(?=^## )/ms.exec(read('CHANGELOG.md')) ?? [];
const named = new Set([...newest.matchAll(/`([^`]+)`/g)].map(([, name]) => name));

const changes = await diff(buildSchema(released), buildSchema(read('schema/schema.graphql')));
const withLevel = (/** @type {CriticalityLevel} */ level) =>
  changes.filter(({ criticality }) => criticality.level === level);

// A directive on a field tells clients more and takes nothing from them.
const dangerous = withLevel(CriticalityLevel.Dangerous).filter(({ path }) => !path?.includes('.@'));
if (dangerous.length > 0) console.log(`Since ${releasedVersion}, clients that are not careful may notice:`);
for (const { message } of dangerous) console.log(`  ${message}`);

const isNewVersion = newestVersion !== releasedVersion;
const unnamed = withLevel(CriticalityLevel.Breaking).filter(({ path = '' }) => !(isNewVersion && named.has(path)));
for (const { path, message } of unnamed) console.error(`${path}: ${message}`);
if (unnamed.length > 0) {
  console.error(
    `These changes break clients of ${releasedVersion}. Take them back, or name each place in backquotes under a new version in CHANGELOG.md.`,
  );
  process.exitCode = 1;
}
