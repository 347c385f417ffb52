/** The parts that need Node: `@generion/client/node`. */

export { FolderState } from './folder-state.js';
