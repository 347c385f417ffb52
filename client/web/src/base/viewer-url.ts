/** The page that opens health links: this app, without what stands behind `#`. */
export const viewerUrl = (): string => location.href.split('#')[0] ?? location.href;
