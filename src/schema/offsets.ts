import { builder } from './builder.ts';

export const OffsetEncodingType = builder.enumType('OffsetEncoding', {
  description: 'The unit of positions in a text. "Dani" in "Hi 😀 Dani" starts at 6, 5 or 8.',
  values: {
    UTF16: { description: 'UTF-16 code units, as JavaScript and Java count: `text.slice(start, end)`.' },
    CODE_POINT: { description: 'Unicode code points, as Python counts.' },
    UTF8_BYTE: { description: 'Bytes of the text in UTF-8, as Go and Rust count.' },
  },
});

/** The `offsetEncoding` argument, the same for all fields. */
export const offsetEncodingArgs = builder.args((t) => ({
  offsetEncoding: t.field({
    type: OffsetEncodingType,
    required: true,
    defaultValue: 'UTF16',
    description: 'The unit of all positions in the result.',
  }),
}));
