/** The folder of the results; the compiled benchmark is in `dist/bench`. */
export const RESULTS = new URL('../../bench/results/', import.meta.url);
