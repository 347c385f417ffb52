// Addresses of document stores (docs/PROTOCOL.md, section 3), in a canonical form, so that a store has one address.

const DEFAULT_PORTS = { https: 443, http: 80 } as const;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_NAME = 253;
/** Text that URLs read as the end of an IPv4 address. */
const NUMBER = /^(?:[0-9]+|0x[0-9a-f]*)$/;
const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;
const IPV4_WITHIN_IPV6 = /^\[::ffff:[0-9a-f]+:[0-9a-f]+\]$/;
const SEGMENT = /^[A-Za-z0-9._~-]+$/;

/**
 * Whether a text is a store's address: `scheme://host[:port][/path]`. The scheme is `https`, `http` or `file`; the host
 * is a name or an address in lower case and in its shortest form (`file` has no host); the port is given only if it is
 * not the scheme's default; the path has letters, digits and `-._~`, and no slash at its end. There is no user, query
 * or fragment.
 */
export function isStoreUrl(text: string): boolean {
    const match = /^(https?|file):\/\/([^/]*)((?:\/[^/]*)*)$/.exec(text);
    if (!match) return false;
    const [, scheme, authority = '', path = ''] = match;
    if (!path.split('/').slice(1).every(isSegment)) return false;
    if (scheme === 'file') return authority === '' && path !== '';
    const [, host = '', port] = /^(\[[^[\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) ?? [];
    return isHost(host) && (port === undefined || isPort(port, DEFAULT_PORTS[scheme as 'https' | 'http']));
}

const isSegment = (segment: string) => SEGMENT.test(segment) && segment !== '.' && segment !== '..';

function isPort(text: string, ownOfScheme: number): boolean {
    const port = Number(text);
    return /^[1-9][0-9]{0,4}$/.test(text) && port <= 65535 && port !== ownOfScheme;
}

function isHost(host: string): boolean {
    if (host.startsWith('[')) return isIpv6(host);
    const labels = host.split('.');
    if (NUMBER.test(labels.at(-1) ?? '')) {
        return labels.length === 4 && labels.every((octet) => OCTET.test(octet) && Number(octet) <= 255);
    }
    return host.length <= MAX_NAME && labels.every((label) => LABEL.test(label));
}

/**
 * An IPv6 address in brackets, in the form of RFC 5952. An IPv4-mapped address is refused, because it has two forms.
 */
function isIpv6(host: string): boolean {
    const url = `http://${host}`;
    return URL.canParse(url) && new URL(url).hostname === host && !IPV4_WITHIN_IPV6.test(host);
}
