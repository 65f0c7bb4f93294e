/** Longest delay that a timer takes. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Does something at a time (milliseconds since 1970), at once where it is past, and never where there is none.
 * The clock is asked again whenever the timer fires, since it may have been set. Gives the function that calls it off.
 */
export function atTime(time: number | undefined, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    if (time === undefined) return;
    const left = time - Date.now();
    if (left <= 0) act();
    else timer = setTimeout(wait, Math.min(left, LONGEST_TIMER_MS));
  };
  wait();
  return () => clearTimeout(timer);
}
