import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The devices that a model can run on. The names are those of @huggingface/transformers. */
export const DEVICES = ['cpu', 'cuda', 'coreml', 'dml', 'webgpu'] as const;
export type Device = (typeof DEVICES)[number];

/** `auto` takes CUDA if a driver and the engine's libraries for it are installed, otherwise the CPU. */
export type DeviceChoice = 'auto' | Device;

/** The device to try. Only loading a model shows whether it works. */
export function chooseDevice(choice: DeviceChoice): Device {
  if (choice !== 'auto') return choice;
  return hasCuda() ? 'cuda' : 'cpu';
}

/** Device files of NVIDIA's driver, and of the Windows Subsystem for Linux. */
const NVIDIA_DEVICES = ['/dev/nvidiactl', '/dev/dxg'];

/**
 * Whether a driver is installed, and the engine's CUDA libraries, which its package does not include (docs/devices.md).
 */
function hasCuda(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !NVIDIA_DEVICES.some(existsSync)) return false;
  const engine = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..');
  return existsSync(join(engine, 'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so'));
}
