// Hosts of the public internet. Locators come from strangers: one that leads to this machine or into a private network would
// make the client connect to servers that only the client can reach.

const IPV4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/;

/**
 * Whether a host, as `URL.hostname` has it, may be one of the public internet: an address to which its routers forward, or a
 * name. To which address a name leads is not known, but for `localhost`.
 */
export function isPublicHost(hostname: string): boolean {
    if (hostname.startsWith('[')) return isPublicIpv6(segmentsOf(hostname.slice(1, -1)));
    const octets = IPV4.exec(hostname)?.slice(1).map(Number);
    if (octets) return isPublicIpv4(octets);
    return !/(^|\.)localhost\.?$/.test(hostname);
}

/** According to IANA's registries of special addresses. */
function isPublicIpv4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
    const isPrivate = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
    const isLocal = a === 0 || a === 127 || (a === 169 && b === 254);
    const isShared = a === 100 && b >= 64 && b < 128;
    const isProtocolAssignment = a === 192 && b === 0 && c === 0;
    const isBenchmarking = a === 198 && (b === 18 || b === 19);
    const isDocumentation = ['192.0.2', '198.51.100', '203.0.113'].includes(`${a}.${b}.${c}`);
    const isNoHost = a >= 224;
    return !(isPrivate || isLocal || isShared || isProtocolAssignment || isBenchmarking || isDocumentation || isNoHost);
}

/** Of the addresses that contain an IPv4 address, only those of NAT64 count, because networks without IPv4 need them. */
function isPublicIpv6(segments: readonly number[]): boolean {
    const [a = 0, b = 0, , , , , high = 0, low = 0] = segments;
    const isNat64 = a === 0x64 && b === 0xff9b && segments.slice(2, 6).every((segment) => segment === 0);
    if (isNat64) return isPublicIpv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
    const isGlobalUnicast = (a & 0xe000) === 0x2000;
    // Teredo is in there.
    const isProtocolAssignment = a === 0x2001 && b < 0x200;
    const isDocumentation = (a === 0x2001 && b === 0xdb8) || (a === 0x3fff && b < 0x1000);
    const is6to4 = a === 0x2002;
    return isGlobalUnicast && !(isProtocolAssignment || isDocumentation || is6to4);
}

/** The eight numbers of an address, as URLs write it. */
function segmentsOf(address: string): number[] {
    const [left = [], right] = address.split('::').map((half) =>
        half
            .split(':')
            .filter((segment) => segment !== '')
            .map((segment) => Number.parseInt(segment, 16)),
    );
    if (!right) return left;
    return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}
