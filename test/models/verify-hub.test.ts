import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { useHub } from './hub-setting.ts';

const setting = useHub();
const SCRIPT = fileURLToPath(new URL('../../scripts/verify-hub.js', import.meta.url));

/** Runs the script that `npm run verify:hub` runs, on what was compiled for the tests. */
function verify(variables: Readonly<Record<string, string>>) {
  const env = { ...process.env, WORKERS: '1', ...setting.variables, ...variables };
  return promisify(execFile)(process.execPath, [SCRIPT], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );
}

test('npm run verify:hub fetches both models and reports different results from the tutorial’s', async () => {
  const { code, stdout } = await verify({});
  // The models of the test's hub have random weights.
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /DIFFERENT {2}I absolutely love this product! .*\n +expected POSITIVE 0\.9999\n +came +\w+ 0\.\d{4}\n/,
  );
  expect(stdout).toMatch(/expected Apple ORG, Tim Cook PER, AI \(any type\), Cupertino LOC/);
  expect(stdout).toMatch(/\d of 5 answers are different\.\n$/);
});

test('npm run verify:hub says why the models cannot be fetched', async () => {
  const { code, stderr } = await verify({ HF_HUB_OFFLINE: '1', HF_HOME: '/nonexistent' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^The models cannot be had: .*HF_HUB_OFFLINE forbids/);
});
