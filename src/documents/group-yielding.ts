import { byCount, type EntityGroup, groupSteps, type Named } from './entity-groups.ts';
import { collectYielding } from './yielding.ts';

/** Groups entities as `groupEntities` does, but yields to the event loop. Rejects with the signal's reason. */
export async function groupYielding<Mention extends Named>(
  entities: readonly Mention[],
  signal: AbortSignal | undefined,
): Promise<readonly EntityGroup<Mention>[]> {
  return byCount(await collectYielding(groupSteps(entities), signal));
}
