type Step<E> = Exclude<E, { readonly __typename: 'TailAnalyzed' }>;

/** An event of an analysis that is kept. A tail, which only a text that grows has, fails the test. */
export function stepOf<E extends { readonly __typename: string }>(event: E): Step<E> {
  if (isStep(event)) return event;
  throw new Error('A tail came, although the text does not grow.');
}

export function isStep<E extends { readonly __typename: string }>(event: E): event is Step<E> {
  return event.__typename !== 'TailAnalyzed';
}
