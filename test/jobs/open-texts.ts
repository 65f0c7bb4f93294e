import { TypedDocumentString } from '../../src/client/graphql.ts';

/** What tests of open texts look at of an analysis. */
interface AnalysisFacts {
  readonly id: string;
  readonly state: string;
  readonly open: boolean;
  readonly length: number;
  readonly text: string | null;
  readonly message: string | null;
}

const FIELDS = 'id state open length text message';

export const Append = new TypedDocumentString<{ appendText: AnalysisFacts }, { id: string; at: number; text: string }>(
  `mutation ($id: ID!, $at: Int!, $text: String!) { appendText(id: $id, at: $at, text: $text) { ${FIELDS} } }`,
);
export const Find = new TypedDocumentString<{ analysis: AnalysisFacts | null }, { id: string }>(
  `query ($id: ID!) { analysis(id: $id) { ${FIELDS} } }`,
);
