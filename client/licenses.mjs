// Fails where a package of the lock file has a licence that `deny.toml` does not allow for Rust's either.

import { readFileSync } from 'node:fs';

const ALLOWED = new Set(['Apache-2.0', 'MIT', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'Zlib', '0BSD']);

/** What tools may have besides, which build or test the packages and of which nothing is shipped. */
const ALLOWED_FOR_TOOLS = new Set([...ALLOWED, 'MPL-2.0', 'BlueOak-1.0.0', 'CC-BY-4.0']);

/** Licences that single packages have, each looked at on the day that is named. */
const EXCEPTIONS = new Map([
    // 2026-11-20: dedicated to the public. A helper of the code generator, in nothing that a user runs.
    ['jsonify', 'Public Domain'],
    // 2026-11-28: permissive, as BSD is. The generator of the gateway's types reads YAML by it; in nothing that a user runs.
    ['argparse', 'Python-2.0'],
]);

/** Whether an SPDX expression without AND and WITH leaves an allowed choice. */
const isAllowed = (expression, allowed) =>
    (expression ?? '')
        .replace(/^\((.*)\)$/, '$1')
        .split(' OR ')
        .some((licence) => allowed.has(licence));

/** The packages of a lock file whose licence is not allowed, each with it. */
export function refused(lock) {
    const packages = Object.entries(lock.packages).filter(
        ([path, { link }]) => path.includes('node_modules/') && !link,
    );
    return packages
        .map(([path, { license, dev }]) => ({
            name: path.slice(path.lastIndexOf('node_modules/') + 13),
            license,
            allowed: dev ? ALLOWED_FOR_TOOLS : ALLOWED,
        }))
        .filter(
            ({ name, license, allowed }) =>
                !isAllowed(license, allowed) && (!license || EXCEPTIONS.get(name) !== license),
        )
        .map(({ name, license }) => `${name}: ${license ?? 'none'}`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
    const lock = JSON.parse(readFileSync(new URL('package-lock.json', import.meta.url), 'utf8'));
    const found = refused(lock);
    for (const one of found) console.error(`licence not allowed: ${one}`);
    process.exitCode = found.length > 0 ? 1 : 0;
}
