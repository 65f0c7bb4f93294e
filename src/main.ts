/** The entry of the server. It loads what it needs only once the signals are caught. */
import { serve } from './serve.ts';

// GraphQL checks much more on each value otherwise, and so do other packages.
process.env['NODE_ENV'] ??= 'production';

serve(async () => (await import('./config.ts')).loadConfig());
