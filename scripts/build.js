/**
 * Compiles `src` to `dist`, and lays the demo page beside it: its modules, its files, and what it takes from packages.
 * Run by itself it is `npm run build`; preloaded with `--import` it makes `node … dist/main.js` run the sources as they
 * are now, in one process that gets its signals itself.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const root = join(import.meta.dirname, '..');
const { resolve } = createRequire(import.meta.url);
const compiler = join(dirname(resolve('typescript/package.json')), 'bin', 'tsc');

// Threads are preloaded with what their process was; by then all is built.
if (isMainThread) await build();

async function build() {
  // The server and the page know different globals, so each is compiled by its own rules.
  const compilers = ['tsconfig.build.json', 'tsconfig.page.json'].map((project) =>
    spawn(process.execPath, [compiler, '-p', join(root, project), '--noEmit', 'false'], { stdio: 'inherit' }),
  );
  layPage(join(root, 'src', 'page'), join(root, 'dist', 'page'));
  for (const status of (await Promise.all(compilers.map((each) => once(each, 'close')))).map(([code]) => code)) {
    if (status !== 0) process.exit(status ?? 1);
  }
}

/**
 * Copies what a browser needs beside the compiled modules. After that, nothing of the page comes from a package.
 * @param {string} from
 * @param {string} to
 */
function layPage(from, to) {
  const vendor = join(to, 'vendor');
  mkdirSync(vendor, { recursive: true });
  for (const file of ['index.html', 'icon.svg', 'samples', 'styles'])
    cpSync(join(from, file), join(to, file), { recursive: true });
  const sockets = join(dirname(resolve('graphql-ws')), 'client.js');
  const shared = [...readFileSync(sockets, 'utf8').matchAll(/from '\.\/([^']+)'/g)].map(([, name]) =>
    join(dirname(sockets), name ?? ''),
  );
  const packaged = [
    sockets,
    ...new Set(shared),
    join(dirname(resolve('unpdf')), 'pdfjs.mjs'),
    ...['inter', 'source-serif-4'].map((font) =>
      join(dirname(resolve(`@fontsource-variable/${font}/package.json`)), 'files', `${font}-latin-wght-normal.woff2`),
    ),
  ];
  for (const file of packaged) cpSync(file, join(vendor, basename(file)));
}
