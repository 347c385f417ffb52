// Names of clusters, as folders have them.

import { type Deployment, GENESIS } from '../crypto/deployment.js';

/** The name of a deployment's cluster: `devnet`, for example, or the genesis hash. */
export function clusterName({ genesis }: Pick<Deployment, 'genesis'>): string {
    const known = Object.entries(GENESIS).find(([, hash]) => hash === genesis);
    return known ? known[0] : genesis;
}
