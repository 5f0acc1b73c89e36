/** Exactly what workers register. */
export { textGroup } from './text-group';
export { generateMedia } from './generate-media';
