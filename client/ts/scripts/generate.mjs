// Generates `src/generated` from `idl/generion.json`, and in it the types of the gateway's API from
// `docs/gateway/openapi.json`: `npm run generate`.
// `npm run generate -- --check` changes nothing, and fails where the committed code is not that of the descriptions.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
    accountValueNode,
    argumentValueNode,
    arrayTypeNode,
    bytesTypeNode,
    camelCase,
    constantPdaSeedNodeFromString,
    definedTypeLinkNode,
    definedTypeNode,
    fixedSizeTypeNode,
    instructionArgumentNode,
    instructionRemainingAccountsNode,
    numberTypeNode,
    pascalCase,
    pdaLinkNode,
    pdaNode,
    pdaSeedValueNode,
    pdaValueNode,
    publicKeyTypeNode,
    remainderCountNode,
    rootNode,
    snakeCase,
    variablePdaSeedNode,
} from '@codama/nodes';
import { rootNodeFromAnchor } from '@codama/nodes-from-anchor';
import { renderVisitor } from '@codama/renderers-js';
import { visit } from '@codama/visitors-core';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const description = join(packageFolder, '../../idl/generion.json');
const api = join(packageFolder, '../../docs/gateway/openapi.json');
const generated = 'src/generated';

/** The type of an address's seed, from the description's. */
function seedType(type) {
    if (type === 'pubkey') return publicKeyTypeNode();
    if (type === 'u64') return numberTypeNode('u64');
    const [item, length] = type.array;
    if (item !== 'u8') throw new Error(`a seed of ${item}`);
    return fixedSizeTypeNode(bytesTypeNode(), length);
}

/** The entry of a list of the description with a name of Codama's. */
const find = (list, name) => list.find((one) => camelCase(one.name) === name);

/** The address of an account: what `pda` says of it in the description. */
function pdaOf(account) {
    const seeds = account.pda.seeds.map((seed) =>
        seed.kind === 'const'
            ? constantPdaSeedNodeFromString('utf8', Buffer.from(seed.value).toString('utf8'))
            : variablePdaSeedNode(seed.name, seedType(seed.type), seed.docs),
    );
    return pdaNode({ name: account.name, seeds });
}

/**
 * The addresses that are no accounts of a kind of their own: a study's vault has no data, and a seat is a Purchase. The
 * description has their seeds at the instructions alone.
 */
const furtherAddresses = (idl) =>
    Object.entries({ Vault: ['study'], Seat: ['vault', 'participant'] }).map(([name, variables]) => {
        const { value } = idl.constants.find((one) => one.name === `${name.toUpperCase()}_SEED`);
        const variable = (one) => ({ kind: 'variable', name: one, type: 'pubkey', docs: [] });
        return { name, pda: { seeds: [{ kind: 'const', value: JSON.parse(value) }, ...variables.map(variable)] } };
    });

/**
 * What fills in an address that an instruction's other accounts and arguments lead to. Where it takes a field of an
 * account, which only the ledger knows, the caller names the address.
 */
function defaultOf(pda, accounts) {
    const constant = String(pda.seeds[0].value);
    const account = accounts.find((one) => String(one.pda.seeds[0].value) === constant);
    const seeds = pda.seeds.slice(1);
    if (!account || seeds.some(({ account: kind }) => kind !== undefined)) return undefined;
    const variables = account.pda.seeds.slice(1);
    return pdaValueNode(
        pdaLinkNode(account.name),
        seeds.map(({ kind, path }, index) => {
            const value = kind === 'arg' ? argumentValueNode(path.replace(/^args\./, '')) : accountValueNode(path);
            return pdaSeedValueNode(variables[index].name, value);
        }),
    );
}

/** Codama's tree of the description, with what `idl/README.md` lists as keys of ours. */
function tree(idl) {
    // Codama would name each instruction's addresses on their own.
    const withoutPdas = structuredClone(idl);
    for (const { accounts } of withoutPdas.instructions) for (const account of accounts) delete account.pda;
    const { program } = rootNodeFromAnchor(withoutPdas);

    const argsTypes = idl.instructions.flatMap(({ args }) => args.map(({ type }) => camelCase(type.defined.name)));
    const inlineArgs = (argument) =>
        argument.name === 'args'
            ? find(program.definedTypes, argument.type.name).type.fields.map(instructionArgumentNode)
            : [argument];
    const withRemainder = (type) => {
        const { remainder } = find(idl.types, type.name);
        if (!remainder) return type;
        if (remainder === 'u8') return { ...type, type: bytesTypeNode() };
        return { ...type, type: arrayTypeNode(definedTypeLinkNode(remainder.defined.name), remainderCountNode()) };
    };
    // The renderer knows no events: they become types, and `events` below has their discriminators.
    const events = program.events.map(({ name, data }) => {
        const { docs } = find(idl.types, name);
        return definedTypeNode({ name: `${name}Event`, docs, type: data.type });
    });
    const addresses = [...idl.accounts, ...furtherAddresses(idl)];
    const completeInstruction = (instruction) => {
        const { accounts: described, remaining_accounts: records } = find(idl.instructions, instruction.name);
        const accounts = instruction.accounts.map((account) => {
            const { pda } = find(described, account.name);
            const defaultValue = pda && defaultOf(pda, addresses);
            return defaultValue ? { ...account, defaultValue } : account;
        });
        const remainingAccounts = [];
        if (records) {
            const options = { docs: records.docs, isOptional: records.min === 0, isWritable: records.writable };
            remainingAccounts.push(instructionRemainingAccountsNode(argumentValueNode(records.name), options));
        }
        return {
            ...instruction,
            accounts,
            arguments: instruction.arguments.flatMap(inlineArgs),
            remainingAccounts,
        };
    };
    return rootNode({
        ...program,
        pdas: addresses.map(pdaOf),
        accounts: program.accounts.map((account) => ({ ...account, pda: pdaLinkNode(account.name) })),
        definedTypes: [
            ...program.definedTypes.filter(({ name }) => !argsTypes.includes(name)).map(withRemainder),
            ...events,
        ],
        instructions: program.instructions.map(completeInstruction),
    });
}

/** The constants, which the renderer leaves out. */
function constants(idl) {
    const value = ({ type, value }) => {
        if (type === 'bytes') return `new Uint8Array(${value})`;
        return type.endsWith('64') ? `${value}n` : value;
    };
    return idl.constants
        .map((one) => `/** ${one.docs.join(' ')} */\nexport const ${one.name} = ${value(one)};\n`)
        .join('\n');
}

/** Bytes of a type of fixed length. */
function sizeOf(type, idl) {
    const sizes = { u8: 1, u32: 4, u64: 8, i64: 8, pubkey: 32 };
    if (type.array) return sizeOf(type.array[0], idl) * type.array[1];
    if (type.defined) return fieldsOf(type.defined.name, idl).reduce((sum, field) => sum + sizeOf(field.type, idl), 0);
    if (!(type in sizes)) throw new Error(`a field of ${JSON.stringify(type)} in the fixed part of an account`);
    return sizes[type];
}

const fieldsOf = (name, idl) => idl.types.find((one) => one.name === name).type.fields;

/** Where a node's filters find the addresses and the states of an account: behind the 8 bytes of its discriminator. */
function offsets({ name, tail }, idl) {
    let offset = 8;
    const entries = [];
    for (const field of fieldsOf(name, idl)) {
        if (field.name === tail?.field) break;
        const isState = field.type === 'u8' && !['bump', 'reserved', 'version'].includes(field.name);
        if (field.type === 'pubkey' || isState) entries.push(`${camelCase(field.name)}: ${offset}`);
        offset += sizeOf(field.type, idl);
    }
    return `    ${camelCase(name)}: { ${entries.join(', ')} },\n`;
}

/** Sizes of the accounts, and where their tails are. */
function layouts(idl) {
    const layout = ({ name, size, tail }) => {
        const known = tail && `{ itemSize: ${tail.item_size}, maxItems: ${tail.max_items} }`;
        return `    ${camelCase(name)}: { size: ${size}, tail: ${known} },\n`;
    };
    return [
        '/**\n * Bytes of the fixed part of each account, with its discriminator, and its tail if it has one: a u32 with the\n',
        ' * number of items, and the items.\n */\n',
        `export const ACCOUNT_LAYOUTS = {\n${idl.accounts.map(layout).join('')}} as const;\n\n`,
        '/** Where the fields are by which a node can filter: addresses, and states of one byte. */\n',
        `export const FIELD_OFFSETS = {\n${idl.accounts.map((one) => offsets(one, idl)).join('')}} as const;\n`,
    ].join('');
}

/** Discriminators and decoders of the events. */
function events(idl) {
    const names = idl.events.map(({ name }) => name);
    const decoders = names.map((name) => `    get${name}EventDecoder,\n    type ${name}Event,\n`);
    const variants = names.map((name) => `    | { name: '${name}'; fields: ${name}Event }\n`);
    const entries = idl.events.map(({ name, discriminator }) => {
        const bytes = `new Uint8Array(${JSON.stringify(discriminator)})`;
        return `    { name: '${name}', discriminator: ${bytes}, decoder: get${name}EventDecoder() },\n`;
    });
    return [
        `import {\n${decoders.join('')}} from './types/index.js';\n\n`,
        `/** An event of the program. */\nexport type GenerionEvent =\n${variants.join('')};\n\n`,
        '/** What each event begins with in a log, and how its fields are read. */\n',
        `export const EVENTS = [\n${entries.join('')}] as const;\n`,
    ].join('');
}

/** Node takes a module by its file's name alone. */
function withFileNames(source, path, folder) {
    return source.replace(/(from ["'])(\.[^"']*)(["'])/g, (_, before, target, after) => {
        if (target.endsWith('.js')) return before + target + after;
        const isFolder = existsSync(join(folder, dirname(path), target, 'index.ts'));
        return `${before}${target}${isFolder ? '/index' : ''}.js${after}`;
    });
}

/** Addresses that an instruction fills in are those of the program that it is for, which the renderer overlooks. */
function underTheSameProgram(source, path) {
    if (!path.startsWith('instructions')) return source;
    return source.replace(/(await find\w+Pda\(\{[^{}]*\})\)/g, '$1, { programAddress })');
}

/** The discriminator of an instruction under a name of its own, where an account of that name has one too. */
function withDistinctDiscriminator(source, path, accounts) {
    const account = accounts.find(({ name }) => path === join('instructions', `${camelCase(name)}.ts`));
    if (!account) return source;
    const [constant, title] = [snakeCase(account.name).toUpperCase(), account.name];
    return source
        .replaceAll(`${constant}_DISCRIMINATOR`, `${constant}_INSTRUCTION_DISCRIMINATOR`)
        .replaceAll(`get${title}DiscriminatorBytes`, `get${title}InstructionDiscriminatorBytes`);
}

/**
 * Byte arrays of fixed length, of exactly that length. Codama's own encoder pads a shorter one with zeros and cuts a longer
 * one, so that a wrong value reaches the ledger without a word.
 */
function withExactBytes(source, path) {
    const exact = source.replace(
        /\bfixEncoderSize\(\s*getBytesEncoder\(\),\s*(\d+),?\s*\)/g,
        'getExactBytesEncoder($1)',
    );
    if (exact === source) return source;
    const root = '../'.repeat(path.split(sep).length);
    const isUsed = (name) => exact.split(new RegExp(`\\b${name}\\b`)).length > 2;
    const unused = ['fixEncoderSize', 'getBytesEncoder'].filter((name) => !isUsed(name));
    const pruned = unused.reduce((text, name) => text.replace(new RegExp(`^  ${name},\\n`, 'm'), ''), exact);
    return pruned.replace(/^import /m, `import { getExactBytesEncoder } from "${root}base/bytes.js";\nimport `);
}

/** The types of the gateway's API. Addresses and numbers of 64 bits, which are texts in JSON, are what this client has for them. */
async function gatewayTypes() {
    const ours = {
        AddressText: ts.factory.createTypeReferenceNode('Address'),
        U64Text: ts.factory.createKeywordTypeNode(ts.SyntaxKind.BigIntKeyword),
    };
    const nodes = await openapiTS(JSON.parse(readFileSync(api, 'utf8')), {
        transform: (_, { path }) => ours[path?.replace('#/components/schemas/', '')],
        inject: "import type { Address } from '@solana/kit';\n",
        // What has a default may be left out of a request.
        defaultNonNullable: false,
    });
    const header = '// Generated from docs/gateway/openapi.json by `npm run generate`: do not edit.\n\n';
    return header + astToString(nodes);
}

/** The files below a folder: path to content. */
function files(folder) {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

/** Writes the code into a folder of the package. */
async function render(generatedFolder) {
    const idl = JSON.parse(readFileSync(description, 'utf8'));
    // `Record` is TypeScript's own type.
    const dataType = (name) => (name === 'record' ? 'RecordState' : pascalCase(name));
    const nameTransformers = { dataType };
    const options = { generatedFolder, syncPackageJson: false, kitImportStrategy: 'rootOnly', nameTransformers };
    await visit(tree(idl), renderVisitor(packageFolder, options));

    const folder = join(packageFolder, generatedFolder);
    const header = '// Generated from idl/generion.json by `npm run generate`: do not edit.\n\n';
    const ours = { constants, events, layouts };
    for (const [name, make] of Object.entries(ours)) writeFileSync(join(folder, `${name}.ts`), header + make(idl));
    for (const [path, source] of files(folder)) {
        const exports = Object.keys(ours).map((name) => `export * from './${name}';\n`);
        const complete = path === 'index.ts' ? source + exports.join('') : source;
        const named = withFileNames(complete, path, folder);
        const distinct = withDistinctDiscriminator(named, path, idl.accounts);
        writeFileSync(join(folder, path), withExactBytes(underTheSameProgram(distinct, path), path));
    }
    writeFileSync(join(folder, 'gateway-api.ts'), await gatewayTypes());
}

/** Fails where the committed code is not that of the description. */
async function check() {
    const temporary = mkdtempSync(join(packageFolder, '.generated-'));
    try {
        await render(relative(packageFolder, temporary));
        const [committed, fresh] = [files(join(packageFolder, generated)), files(temporary)];
        const names = new Set([...committed.keys(), ...fresh.keys()]);
        const stale = [...names].filter((name) => committed.get(name) !== fresh.get(name));
        if (stale.length > 0) {
            console.error(
                `not generated from the present idl/generion.json or docs/gateway/openapi.json: ${stale.sort().join(', ')}`,
            );
            console.error('run `npm run generate` in client/ts and commit it');
            process.exitCode = 1;
        }
    } finally {
        rmSync(temporary, { recursive: true });
    }
}

await (process.argv.includes('--check') ? check() : render(generated));
