// Delivery of what was sold. Its proofs and its settlement load when there is something to watch for.

export { watchSales } from '@generion/client';
