import { type GraphQLSchema, specifiedDirectives } from 'graphql';
import './analysis.ts';
import './document.ts';
import './entities.ts';
import './errors.ts';
import './jobs.ts';
import './meaning.ts';
import './models.ts';
import './sentiment.ts';
import './server.ts';
import './tokenization.ts';
import { builder } from './builder.ts';
import { semanticNonNullDirective } from './semantic-non-null.ts';

/** The description of the graph, shown first in the documentation pane of GraphiQL. */
const DESCRIPTION = `BERT over GraphQL: tokens, sentiment, named entities and meaning of texts of any length.

- \`document\` has everything about one text; \`sentiments\` and \`documents\` take many at once.
- \`embed\`, \`similarity\` and \`wordSenses\` compare meanings; \`document { search }\` finds the passages that answer a question.
- \`analyze\` streams the entities of a long text chunk by chunk. \`startAnalysis\` does so as a job, which continues after you disconnect.
- Positions are half-open ranges into the text as you sent it: \`text.slice(start, end)\` is the entity.
- A failure has an \`ErrorCode\` in \`extensions.code\`. Its message says what was expected, what was received, and what to do.`;

/** The graph. */
export const schema = described(
  builder.toSchema({ sortSchema: false, directives: [...specifiedDirectives, semanticNonNullDirective] }),
);

/** Adds the description of the graph as a whole, for which Pothos has no option. */
function described(graph: GraphQLSchema): GraphQLSchema {
  graph.description = DESCRIPTION;
  return graph;
}
