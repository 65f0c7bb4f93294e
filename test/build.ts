import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compiles the sources before the tests: inference threads and child processes run compiled code. */
export default function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../scripts/build.js', import.meta.url))], {
    stdio: 'inherit',
  });
}
