/** Pictures on their way to the vision tower. */
export { decodePicture, readPicture } from './decode.js';
export { fitPicture, normalise, type Pixels, preprocess } from './preprocess.js';
export { type ImageProcessing, parseImageProcessing, readImageProcessing } from './preprocessor-config.js';
export { type Resample, resize } from './resample.js';
