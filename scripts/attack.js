/**
 * `npm run attack`: starts servers on this machine, runs every attack of `attack/attacks.js` against them, and prints for
 * each what came of it, the bytes of the answers, the longest turn of the server's event loop, the longest silence of
 * `/health` and the largest resident size. It exits with 1 if an attack succeeds, a process ends, or a bound is exceeded.
 * The turn is judged and not the silence: it is counted in time that the server ran, so other processes do not matter. What
 * a virtual machine's host takes away still counts, so an attack with a turn that is too long is run again, at most twice,
 * and the shortest is judged: what an attack really does it does each time.
 *
 * `--short` leaves out what takes long.
 * `--only=PATTERN` runs the attacks whose kind and name it matches.
 */
import { attacks } from './attack/attacks.js';
import { triesOf } from './attack/longest-turn.js';
import { AttackedServer } from './attack/server.js';

/** Most milliseconds for which the event loop may be held. */
const TURN_MS = 50;
/** Most memory above that of the idle server. */
const MAX_GROWTH_BYTES = 1_700 * 1024 * 1024;
/** What those may cost who are not known. */
const MAX_STRANGER_BYTES = 100 * 1024 * 1024;

const isShort = process.argv.includes('--short');
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length) ?? '';
const chosen = attacks.filter(({ name, kind, long }) => !(isShort && long) && new RegExp(only).test(`${kind} ${name}`));
const mebibytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 1024 / 1024)} MiB`;

let failures = 0;
/** @type {Map<string, typeof chosen>} */
const bySettings = new Map();
for (const attack of chosen) {
  const key = JSON.stringify(attack.settings ?? {});
  bySettings.set(key, [...(bySettings.get(key) ?? []), attack]);
}

for (const [settings, group] of bySettings) {
  const server = await AttackedServer.start(JSON.parse(settings));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const idle = await server.seen();
  console.log(
    `\nServer with ${settings}: idle ${mebibytes(idle.peakBytes)}, silence up to ${idle.silenceMs.toFixed(0)} ms`,
  );
  for (const { kind, name, run } of group) {
    // Memory is counted from what the attacks before have left to the garbage collector.
    await server.seen();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = (await server.seen()).peakBytes;
    const wasStopped = kind === 'SIGTERM';
    const attack = async () => {
      const begun = performance.now();
      const outcome = await run(server.url, server).catch((error) => ({ came: String(error), bytes: 0, good: false }));
      return { outcome, ms: performance.now() - begun, ...(await server.seen()) };
    };
    const tries = await triesOf(wasStopped ? Number.POSITIVE_INFINITY : TURN_MS, attack);
    const seen = tries.find(({ outcome }) => !outcome.good) ?? tries[0];
    const { outcome, ms, silenceMs, turnMs, peakBytes } = seen;
    const growth = Math.max(0, peakBytes - before);
    const problems = [
      ...(outcome.good ? [] : ['outcome']),
      ...(server.lives || wasStopped ? [] : ['the process ended']),
      ...(turnMs > TURN_MS ? ['turn'] : []),
      ...(growth > (kind === 'before anybody is known' ? MAX_STRANGER_BYTES : MAX_GROWTH_BYTES) ? ['memory'] : []),
    ];
    failures += problems.length;
    const verdict = problems.length === 0 ? 'ok  ' : 'FAIL';
    const memory = peakBytes > 0 ? `${mebibytes(peakBytes)} (+${mebibytes(growth)})` : '';
    console.log(
      `${verdict} ${kind}: ${name} | ${outcome.came} | ${outcome.bytes} bytes | turns up to ${turnMs.toFixed(0)} ms, silent ${silenceMs.toFixed(0)} of ${ms.toFixed(0)} | ${memory}${problems.length > 0 ? ` | ${problems.join(', ')}` : ''}`,
    );
    if (!server.lives) break;
  }
  await server.stop();
}
console.log(
  failures === 0 ? `\nAll ${chosen.length} attacks were held.` : `\n${failures} problems in ${chosen.length} attacks.`,
);
process.exit(failures === 0 ? 0 : 1);
