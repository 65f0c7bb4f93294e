import type { DeviceChoice } from './device.ts';
import type { HubSettings } from './hub/hub-settings.ts';
import { type Registration, registeredModels } from './registration.ts';
import { ModelRegistry } from './registry.ts';
import type { DtypeChoice } from './weights-file.ts';

/** The settings to open a registry with. */
export interface RegistrySettings {
  /** Folder of the models that come with the package. */
  readonly modelsDirectory: string;
  readonly modelsConfig: Registration | undefined;
  readonly hub: HubSettings;
  readonly device: DeviceChoice;
  readonly dtype: DtypeChoice;
}

/**
 * Opens the registry of a configuration. Throws `RegistrationError` for an invalid registration and `ModelFolderError`
 * for a bundled model that cannot be used.
 */
export function openRegistry(settings: RegistrySettings): Promise<ModelRegistry> {
  const { modelsDirectory, modelsConfig, hub, device, dtype } = settings;
  return ModelRegistry.open(modelsDirectory, { entries: registeredModels(modelsConfig), hub, device, dtype });
}
