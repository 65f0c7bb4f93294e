import fc from 'fast-check';

/** Names that the NER model knows, some of them with accents. */
export const NAMES = [
  'Angela Merkel',
  'Barack Obama',
  'Zoë Müller',
  'Kraków',
  'São Paulo',
  'Berlin',
  'New York',
  'Microsoft',
  'United Nations',
] as const;

/** What makes positions go wrong: characters of several units, and characters that the tokenizer deletes, adds or joins. */
const TRAPS = [
  ...['😀', '👨‍👩‍👧', '🏳️‍🌈', '🇩🇪', '👍🏽', '1️⃣', '𝔘𝔫𝔦', '𠀀', '\u{10ffff}'],
  ...['é', 'e\u0301', 'ö', 'q\u0323\u0307', '\u0301', 'İ', 'ß', 'ﬁ', 'ǅ', 'Å', '각', 'ｆｕｌｌ'],
  ...['\r\n', '\n\n', '\t', '\v', '\f', '\0', '\u0007', '\u0085', '\u00a0', '\u2028', '\u2029', '\u3000'],
  ...['\ufeff', '\u200b', '\u200d', '\u00ad', '\u202e', '\ufffd', '\ue000'],
  ...['שלום', 'محمد', '北京', '東京。', 'คน', 'नमस्ते', '。²b'],
  ...['[SEP]', '[UNK]', '##ing', '.', '?!', '’s ', '-', '$'],
] as const;

const joined = (parts: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(parts, { maxLength, size: 'max' }).map((chosen) => chosen.join(''));

/** Prose of names and spaces, full of traps and arbitrary characters. Always well-formed. */
export const trickyText = joined(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(' ', ' ', ' met ', ' in ', '. ') },
    { weight: 3, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 4, arbitrary: fc.constantFrom(...TRAPS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  ),
  40,
);

/** The units of positions, each with the way in which a client slices a text by it. */
export const SLICERS = {
  UTF16: (text: string, start: number, end: number) => text.slice(start, end),
  CODE_POINT: (text: string, start: number, end: number) => Array.from(text).slice(start, end).join(''),
  UTF8_BYTE: (text: string, start: number, end: number) => Buffer.from(text).subarray(start, end).toString(),
} as const;
