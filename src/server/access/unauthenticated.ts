import { BertqlError } from '../../errors.ts';

/** @param why what is wrong with what came */
export function unauthenticated(why: string): BertqlError {
  return new BertqlError(
    'UNAUTHENTICATED',
    `This server wants a key or token as "Authorization: Bearer …", over WebSocket in connectionParams; ${why}.`,
  );
}
