// The page's policy starts no script but those that this policy names, and lets it be made once.

/** The API of trusted types, which TypeScript's own types do not have. */
type TrustedTypes = {
    createPolicy(
        name: string,
        rules: { createScriptURL(url: string): string },
    ): { createScriptURL(url: string): string };
};

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const policy = trustedTypes?.createPolicy('generion-worker', { createScriptURL: (url) => url });

/** The address of one of the app's own workers, as the browser takes it. Only constants of this app come here. */
export const scriptUrl = (url: string): string => policy?.createScriptURL(url) ?? url;
