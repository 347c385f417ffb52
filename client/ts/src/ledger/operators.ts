// The operator of a node, as far as its address shows it. Two nodes of one operator count as one.

/** Names under which the registries of countries register domains, such as the `co` in `co.uk`. */
const SECOND_LEVEL = ['ac', 'co', 'com', 'edu', 'gov', 'net', 'or', 'org'];

/** Whether a host, as `URL.hostname` has it, is this machine. */
export const isThisMachine = (hostname: string): boolean =>
    hostname === 'localhost' || hostname === '[::1]' || /^127\.[0-9.]+$/.test(hostname);

/**
 * The operator at a host, as `URL.hostname` has it: the registered domain (`example.com` of `a.rpc.example.com`), or the
 * address. In doubt, two hosts have the same operator.
 */
export function operatorOf(hostname: string): string {
    if (isThisMachine(hostname)) return 'this machine';
    if (hostname.startsWith('[') || /^[0-9.]+$/.test(hostname)) return hostname;
    const labels = hostname.replace(/\.$/, '').split('.');
    const [second = '', top = ''] = labels.slice(-2);
    return labels.slice(top.length === 2 && SECOND_LEVEL.includes(second) ? -3 : -2).join('.');
}
