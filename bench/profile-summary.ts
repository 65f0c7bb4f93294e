import type { Profiler } from 'node:inspector';

/** Share of the main thread's busy time. */
export interface Cost {
  readonly name: string;
  /** In the function itself. */
  readonly self: number;
  /** With what it calls. */
  readonly total: number;
}

export interface ProfileSummary {
  /** Share of the time that the thread was busy at all. */
  readonly busy: number;
  /** By package, part of Node or file of the program; `total` counts each sample once for all that is on its stack. */
  readonly byPlace: readonly Cost[];
  readonly byFunction: readonly Cost[];
}

/** Says where the time of a profile went, the largest first. */
export function summarize({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ProfileSummary {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const time = new Map<number, number>();
  for (const [index, id] of samples.entries()) time.set(id, (time.get(id) ?? 0) + (timeDeltas[index] ?? 0));

  const places = new Tally();
  const functions = new Tally();
  let all = 0;
  for (const [id, microseconds] of time) {
    all += microseconds;
    const stack: Profiler.ProfileNode['callFrame'][] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      if (frame && frame.functionName !== '(root)') stack.push(frame);
    }
    if (!stack[0] || stack[0].functionName === '(idle)') continue;
    places.add(stack.map(placeOf), microseconds);
    functions.add(stack.map(functionOf), microseconds);
  }
  return { busy: places.all / all, byPlace: places.costs(), byFunction: functions.costs() };
}

class Tally {
  all = 0;
  readonly #self = new Map<string, number>();
  readonly #total = new Map<string, number>();

  /** @param stack the innermost first */
  add(stack: readonly string[], time: number): void {
    this.all += time;
    const [innermost = ''] = stack;
    this.#self.set(innermost, (this.#self.get(innermost) ?? 0) + time);
    for (const name of new Set(stack)) this.#total.set(name, (this.#total.get(name) ?? 0) + time);
  }

  costs(): readonly Cost[] {
    return [...this.#total]
      .map(([name, total]) => ({ name, self: (this.#self.get(name) ?? 0) / this.all, total: total / this.all }))
      .sort((a, b) => b.self - a.self);
  }
}

function placeOf({ url, functionName }: Profiler.ProfileNode['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return dependency ?? /\/dist\/(.*)$/.exec(url)?.[1] ?? url;
}

function functionOf(frame: Profiler.ProfileNode['callFrame']): string {
  const file = /([^/]+\/[^/]+)$/.exec(frame.url)?.[1] ?? frame.url;
  return `${frame.functionName || '(anonymous)'} ${file ? `${file}:${frame.lineNumber + 1}` : ''}`.trim();
}
