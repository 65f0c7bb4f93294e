/**
 * Deletes the native libraries of other platforms from `node_modules`: the inference engine and the
 * tokenizer ship all of theirs in one package, and a container needs only its own.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(process.cwd(), 'node_modules');
const engine = join(modules, 'onnxruntime-node', 'bin', 'napi-v6');
const own = [process.platform, process.arch];

for (const platform of readdirSync(engine)) {
  for (const arch of readdirSync(join(engine, platform))) {
    if (platform !== own[0] || arch !== own[1]) rmSync(join(engine, platform, arch), { recursive: true });
  }
}
const tokenizers = join(modules, 'tokenizers');
for (const file of readdirSync(tokenizers)) {
  if (file.endsWith('.node') && !file.startsWith(`tokenizers.${own.join('-')}`)) rmSync(join(tokenizers, file));
}
