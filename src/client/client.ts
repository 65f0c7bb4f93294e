import { type AnalysisTarget, type FollowOptions, readingEvents, type TextTarget } from './follow.ts';
import { GraphClient } from './graph-client.ts';
import { StopReadingDocument } from './graphql.ts';
import { OpenText, type OpenTextOptions } from './open-text.ts';
import { NOTHING_READ, type Reading, type ReadingEvent, reduceReading } from './reading.ts';

/**
 * A client of a bertql server, for browsers and for Node.
 *
 * @example
 * const client = new BertqlClient({ url: 'http://localhost:4000/graphql' });
 * const { sentiment } = await client.query(SentimentDocument, { text: 'I love it!' });
 * for await (const { entities, progress } of client.follow({ text: book, job: true })) {
 *   console.log(progress?.fraction, entities.length);
 * }
 */
export class BertqlClient extends GraphClient {
  /**
   * Follows the analysis of a text: yields all that is known so far after every event, up to the last one. It resumes
   * by itself after a lost connection or when the server is replaced. Throws a {@link RequestError} if that does not
   * help.
   *
   * @example
   * for await (const { entities, progress } of client.follow({ text: book })) show(entities, progress?.fraction);
   */
  async *follow(
    target: AnalysisTarget | TextTarget,
    options: FollowOptions = {},
  ): AsyncGenerator<Reading, Reading, void> {
    let reading = NOTHING_READ;
    for await (const event of this.events(target, options)) yield (reading = reduceReading(reading, event));
    return reading;
  }

  /**
   * The single events of {@link BertqlClient.follow}, for callers who keep their own state.
   *
   * @example
   * for await (const event of client.events({ id })) dispatch(event); // with `reduceReading` of a React hook
   */
  events(target: AnalysisTarget | TextTarget, options?: FollowOptions): AsyncGenerator<ReadingEvent, void, void> {
    return readingEvents(this, target, options);
  }

  /**
   * Opens a text that can be appended to; every part is read at once.
   *
   * @example
   * const text = client.openText({ sentiment: true });
   * for await (const part of transcript) await text.append(part);
   * await text.finish();
   */
  openText(options?: OpenTextOptions): OpenText {
    return new OpenText(this, options);
  }

  /**
   * Cancels an analysis; does nothing if it has ended. Throws a {@link RequestError}.
   *
   * @example
   * await client.cancel(id);
   */
  async cancel(id: string): Promise<void> {
    await this.query(StopReadingDocument, { id });
  }
}
