import type { Task } from './operations.ts';

/** What the process with the pipelines of @huggingface/transformers can be asked. */
export interface PipelinesDialogue {
  readonly load: { readonly question: { readonly task: Task; readonly path: string }; readonly answer: undefined };
  readonly run: { readonly question: PipelinesRun; readonly answer: PipelinesWindow };
}

export interface PipelinesRun {
  readonly task: Task;
  readonly texts: readonly string[];
  /** Texts in one call. */
  readonly textsPerCall: number;
  /** Callers that each wait for a call's results before they make the next. */
  readonly clients: number;
  readonly seconds: number;
}

export interface PipelinesWindow {
  readonly texts: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}
