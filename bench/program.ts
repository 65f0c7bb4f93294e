/** The modules of the program that the benchmark uses, by their place in `src`. */
interface Program {
  config: typeof import('../src/config.ts');
  'server/log': typeof import('../src/server/log.ts');
  'server/server': typeof import('../src/server/server.ts');
  'inference/inference': typeof import('../src/inference/inference.ts');
  'models/registry': typeof import('../src/models/registry.ts');
  'inference/inference-worker': typeof import('../src/inference/inference-worker.ts');
  'inference/session': typeof import('../src/inference/session.ts');
  'documents/sentences': typeof import('../src/documents/sentences.ts');
  'documents/chunking': typeof import('../src/documents/chunking.ts');
}

/**
 * Imports a module of the compiled program, with the types of its source: what is measured is `dist`, as it is
 * run, and `bench` is compiled into a folder of it.
 */
export async function program<Name extends keyof Program>(name: Name): Promise<Program[Name]> {
  return (await import(new URL(`../${name}.js`, import.meta.url).href)) as Program[Name];
}
