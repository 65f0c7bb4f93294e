import { Environment, type Variables } from './environment.ts';

/** Whether commands write in colour. */
export type Colour = 'always' | 'never' | 'terminal';

/** `FORCE_COLOR` demands colour, or forbids it where it is 0; `NO_COLOR` forbids it; else terminals have it. */
export function loadColour(variables: Variables = process.env): Colour {
  const environment = new Environment(variables);
  const force = environment.optional('FORCE_COLOR');
  if (force !== undefined) return force === '0' || force === 'false' ? 'never' : 'always';
  return environment.optional('NO_COLOR') === undefined ? 'terminal' : 'never';
}
