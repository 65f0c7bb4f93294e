/** The entry of the server. It loads what it needs only once the signals are caught. */
import { serve } from './serve.ts';

serve(async () => (await import('./config.ts')).loadConfig());
