/**
 * Compiles `src` to `dist`, and bundles the demo page to `dist/page`. Run by itself it is `npm run build`; preloaded
 * with `--import` it makes `node … dist/main.js` run the sources as they are now, in one process that gets its signals
 * itself.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const root = join(import.meta.dirname, '..');
const { resolve } = createRequire(import.meta.url);

// Threads are preloaded with what their process was; by then all is built.
if (isMainThread) await Promise.all([compile(), bundlePage()]);

async function compile() {
  const compiler = join(dirname(resolve('typescript/package.json')), 'bin', 'tsc');
  const project = join(root, 'tsconfig.build.json');
  const [status] = await once(
    spawn(process.execPath, [compiler, '-p', project, '--noEmit', 'false'], { stdio: 'inherit' }),
    'close',
  );
  if (status !== 0) process.exit(status ?? 1);
  layScripts(join(root, 'src'), join(root, 'dist'));
}

/**
 * Bundles the page with Vite, which takes it from the sources: its modules, styles and worker, and what it uses of
 * packages. After that nothing of it comes from a package. Its types are checked by `npm run check`.
 */
async function bundlePage() {
  const { build } = await import('vite');
  const built = await build({
    configFile: false,
    root: join(root, 'src', 'page'),
    base: './',
    publicDir: false,
    logLevel: 'warn',
    worker: { format: 'es' },
    build: {
      write: false,
      target: 'es2022',
      // The page comes with a policy that lets no inlined asset and no polyfill in.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  });
  if (!('output' in built)) throw new Error('Vite gave no page.');
  lay(
    join(root, 'dist', 'page'),
    new Map(built.output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source])),
  );
}

/**
 * Makes a folder hold these files and no others. What is the same stays untouched, for a server may be reading it.
 * @param {string} folder
 * @param {ReadonlyMap<string, string | Uint8Array>} files
 */
function lay(folder, files) {
  for (const [name, content] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(path.slice(folder.length + 1).replaceAll('\\', '/'))) rmSync(path);
  }
}

/**
 * Copies the Lua scripts to where the compiled modules read them.
 * @param {string} from
 * @param {string} to
 */
function layScripts(from, to) {
  const scripts = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.lua'));
  for (const file of scripts) cpSync(join(from, file), join(to, file));
}
