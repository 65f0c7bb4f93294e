/** The entry of the server, which loads its modules only after it has installed signal handlers. */
import { serve } from './serve.ts';

// GraphQL checks much more on each value otherwise, and so do other packages.
process.env['NODE_ENV'] ??= 'production';

serve(async () => (await import('./config.ts')).loadConfig());
