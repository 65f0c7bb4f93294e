import { BertqlError } from '../../errors.ts';

/** @param why what is wrong with the credentials */
export function unauthenticated(why: string): BertqlError {
  return new BertqlError(
    'UNAUTHENTICATED',
    `This server requires a key or token as "Authorization: Bearer …", or in the connectionParams of a WebSocket; ${why}.`,
  );
}
