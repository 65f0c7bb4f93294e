/** Where the results are written; the compiled benchmark lies in `dist/bench`. */
export const RESULTS = new URL('../../bench/results/', import.meta.url);
