/** What needs Node: `@generion/client/node`. */

export { FolderState } from './folder-state.js';
