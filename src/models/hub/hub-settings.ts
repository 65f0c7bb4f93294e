/**
 * Where models are fetched from and kept. The names of the variables are those of the Python package huggingface_hub.
 * The configuration reads them, and not `getHFHubCachePath` of @huggingface/hub, which knows the environment of the
 * process only and neither `~` nor variables in a path.
 */
export interface HubSettings {
  /** URL of the hub or of a mirror, without a slash at its end. */
  readonly endpoint: string;
  /** Whether the endpoint is the hub itself. */
  readonly isHub: boolean;
  /** Sent to the endpoint and to nobody else. */
  readonly token: string | undefined;
  /** Folder of the cache, which the Python package shares. */
  readonly cacheDirectory: string;
  /** The variable that forbids downloads, or `undefined` if they are allowed. */
  readonly offline: string | undefined;
  /** Proxies for http:// and https:// addresses, as URLs. */
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  /** Hosts that are asked without a proxy, separated by commas. */
  readonly noProxy?: string | undefined;
  /** Milliseconds without a byte after which a download is resumed. */
  readonly stallMs: number;
  /** Milliseconds before the first retry; it doubles with each further one. */
  readonly retryMs: number;
}
