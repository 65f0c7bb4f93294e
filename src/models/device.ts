/** What a model runs on. The names are those of @huggingface/transformers. */
export const DEVICES = ['cpu', 'cuda', 'coreml', 'dml', 'webgpu'] as const;
export type Device = (typeof DEVICES)[number];

/** `auto` takes CUDA where its libraries are installed, and else the CPU. */
export type DeviceChoice = 'auto' | Device;
