import './analysis.ts';
import './document.ts';
import './entities.ts';
import './errors.ts';
import './jobs.ts';
import './models.ts';
import './sentiment.ts';
import './tokenization.ts';
import { builder } from './builder.ts';
import { chargeResults } from './result-size.ts';

/** The graph. */
export const schema = chargeResults(builder.toSchema({ sortSchema: false }));
