/** A model folder that cannot be used. The message names the file and what is wrong with it. */
export class ModelFolderError extends Error {
  override readonly name = 'ModelFolderError';
}
