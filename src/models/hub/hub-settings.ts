/** Where models are fetched from and kept. The names of the variables are those of the Python package huggingface_hub. */
export interface HubSettings {
  /** URL of the hub or of a mirror, without a slash at its end. */
  readonly endpoint: string;
  /** Whether the endpoint is the hub itself. */
  readonly isHub: boolean;
  /** Sent to the endpoint and to nobody else. */
  readonly token: string | undefined;
  /** Folder of the cache, which the Python package shares. */
  readonly cacheDirectory: string;
  /** The variable that forbids downloads, or `undefined` where they are allowed. */
  readonly offline: string | undefined;
  /** Milliseconds without a byte after which a download is taken up again. */
  readonly stallMs: number;
  /** Milliseconds before the first retry; it doubles with each further one. */
  readonly retryMs: number;
}
