/** Thrown for a model folder that cannot be used. The message names the file and says what is wrong with it. */
export class ModelFolderError extends Error {
  override readonly name = 'ModelFolderError';
}
