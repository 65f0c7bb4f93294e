/**
 * Where models are fetched from and kept. The names of the variables are those of the Python package huggingface_hub.
 * The configuration reads them instead of `getHFHubCachePath` of @huggingface/hub, which only knows the environment of
 * the process and expands neither `~` nor variables in a path.
 */
export interface HubSettings {
  /** URL of the hub or of a mirror, without a trailing slash. */
  readonly endpoint: string;
  /** Whether the endpoint is the hub itself. */
  readonly isHub: boolean;
  /** Sent to the endpoint and to nobody else. */
  readonly token: string | undefined;
  /** Folder of the cache, shared with the Python package. */
  readonly cacheDirectory: string;
  /** The variable that forbids downloads, or `undefined` if they are allowed. */
  readonly offline: string | undefined;
  /** Proxies for http:// and https:// addresses, as URLs. */
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  /** Hosts to reach without a proxy, separated by commas. */
  readonly noProxy?: string | undefined;
  /** Milliseconds without a byte after which a connection is given up and the download resumed. */
  readonly stallMs: number;
  /** Milliseconds before the first retry; it doubles with each further one. */
  readonly retryMs: number;
}
