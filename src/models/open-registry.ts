import type { HubSettings } from './hub/hub-settings.ts';
import { type Registration, registeredModels } from './registration.ts';
import { ModelRegistry } from './registry.ts';

/** What a registry is opened with. */
export interface RegistrySettings {
  /** Folder of the models that come with the package. */
  readonly modelsDirectory: string;
  readonly modelsConfig: Registration | undefined;
  readonly hub: HubSettings;
}

/**
 * The registry of a configuration. Throws `RegistrationError` for a model that is registered wrongly and
 * `ModelFolderError` for one of the package that cannot be used.
 */
export function openRegistry({ modelsDirectory, modelsConfig, hub }: RegistrySettings): Promise<ModelRegistry> {
  return ModelRegistry.open(modelsDirectory, { entries: registeredModels(modelsConfig), hub });
}
