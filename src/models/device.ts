import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What a model runs on. The names are those of @huggingface/transformers. */
export const DEVICES = ['cpu', 'cuda', 'coreml', 'dml', 'webgpu'] as const;
export type Device = (typeof DEVICES)[number];

/** `auto` takes CUDA if a driver and the engine's libraries for it are installed, otherwise the CPU. */
export type DeviceChoice = 'auto' | Device;

/** The device to try. Whether it is really there shows when a model is loaded. */
export function chooseDevice(choice: DeviceChoice): Device {
  if (choice !== 'auto') return choice;
  return hasCuda() ? 'cuda' : 'cpu';
}

/** Devices of NVIDIA's driver, and that of the Windows Subsystem for Linux. */
const NVIDIA_DEVICES = ['/dev/nvidiactl', '/dev/dxg'];

/** Whether there is a driver, and the engine's CUDA libraries, which its package does not bring (docs/devices.md). */
function hasCuda(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !NVIDIA_DEVICES.some(existsSync)) return false;
  const engine = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..');
  return existsSync(join(engine, 'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so'));
}
