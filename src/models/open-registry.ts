import type { DeviceChoice } from './device.ts';
import type { HubSettings } from './hub/hub-settings.ts';
import { type Registration, registeredModels } from './registration.ts';
import { ModelRegistry } from './registry.ts';
import type { DtypeChoice } from './weights-file.ts';

/** What a registry is opened with. */
export interface RegistrySettings {
  /** Folder of the models that come with the package. */
  readonly modelsDirectory: string;
  readonly modelsConfig: Registration | undefined;
  readonly hub: HubSettings;
  readonly device: DeviceChoice;
  readonly dtype: DtypeChoice;
}

/**
 * The registry of a configuration. Throws `RegistrationError` for a model that is registered wrongly and
 * `ModelFolderError` for one of the package that cannot be used.
 */
export function openRegistry(settings: RegistrySettings): Promise<ModelRegistry> {
  const { modelsDirectory, modelsConfig, hub, device, dtype } = settings;
  return ModelRegistry.open(modelsDirectory, { entries: registeredModels(modelsConfig), hub, device, dtype });
}
