// The screens of passkeys: one part, because each further one makes a first visit larger.

export { canUsePasskeys } from '../../base/passkeys.js';
export { default as Card } from './Card.svelte';
export { default as SetUp } from './SetUp.svelte';
export { default as Unlocking } from './Unlocking.svelte';
