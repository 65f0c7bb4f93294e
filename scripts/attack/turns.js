/** Loaded into a server under attack: answers each message with the longest turn of its event loop since the last one. */
import { watchTurns } from './longest-turn.js';

const longestTurn = watchTurns();
process.on('message', () => process.send?.(longestTurn()));
process.channel?.unref();
