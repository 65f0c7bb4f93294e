import { pathToFileURL } from 'node:url';

/** Runs an example and prints its lines, if it is the program that Node was started with. */
export async function runAsProgram(module: string, run: (url: string) => Promise<readonly string[]>): Promise<void> {
  const [, program = '', url = 'http://localhost:4000/graphql'] = process.argv;
  if (module !== pathToFileURL(program).href) return;
  for (const line of await run(url)) console.log(line);
}
