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
   * What is known of a text while it is read: once for every event, up to the last one. A lost connection, or a server
   * that is replaced, costs nothing but time.
   */
  async *follow(
    target: AnalysisTarget | TextTarget,
    options: FollowOptions = {},
  ): AsyncGenerator<Reading, Reading, void> {
    let reading = NOTHING_READ;
    for await (const event of this.events(target, options)) yield (reading = reduceReading(reading, event));
    return reading;
  }

  /** The events behind {@link BertqlClient.follow}, for those who keep what they need by themselves. */
  events(target: AnalysisTarget | TextTarget, options?: FollowOptions): AsyncGenerator<ReadingEvent, void, void> {
    return readingEvents(this, target, options);
  }

  /**
   * Opens a text that grows: what is appended is read at once.
   *
   * @example
   * const text = client.openText({ sentiment: true });
   * for await (const part of transcript) await text.append(part);
   * await text.finish();
   */
  openText(options?: OpenTextOptions): OpenText {
    return new OpenText(this, options);
  }

  /** Ends an analysis; one that has ended stays as it is. */
  async cancel(id: string): Promise<void> {
    await this.query(StopReadingDocument, { id });
  }
}
