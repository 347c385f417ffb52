declare module '*?worker&url' {
    const url: string;
    export default url;
}

declare module '*?raw' {
    const text: string;
    export default text;
}

declare module '*.css';

interface ImportMeta {
    readonly env: { readonly PROD: boolean };
}
