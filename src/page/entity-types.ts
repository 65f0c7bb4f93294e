/** Number of styles for types; further types share them. */
const STYLES = 6;

const KNOWN: Readonly<Record<string, { readonly style: number; readonly name: string }>> = {
  PER: { style: 0, name: 'Person' },
  ORG: { style: 1, name: 'Organization' },
  LOC: { style: 2, name: 'Place' },
  MISC: { style: 3, name: 'Other name' },
};

const others = new Map<string, number>();

/** Index of the style of a type: its colour, and a line that tells it apart without colour. */
export function styleOf(type: string): number {
  const known = KNOWN[type];
  if (known) return known.style;
  if (!others.has(type)) others.set(type, 4 + (others.size % (STYLES - 4)));
  return others.get(type) ?? 0;
}

/** A type in words. */
export function nameOf(type: string): string {
  return KNOWN[type]?.name ?? type;
}

/** The order in which types are listed. */
export function byType(a: string, b: string): number {
  return styleOf(a) - styleOf(b) || a.localeCompare(b);
}
