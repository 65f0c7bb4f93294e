/** The entry of the server, which loads its modules only after it has installed signal handlers. */
import { serve } from './serve.ts';

serve(async () => (await import('./config.ts')).loadConfig());
