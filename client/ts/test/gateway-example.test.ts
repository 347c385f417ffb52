// The example of the guide for integrators, on a real ledger and through a real gateway.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Address } from '@solana/kit';
import { Gateway } from '../src/index.js';
import { Town } from './support/localnet.js';
import { packageFolder } from './support/vectors.js';

/** How long the gateway may take to see what is on the ledger. */
const PATIENCE_MS = 60_000;

let town: Town;
before(async () => {
    town = await Town.found();
});
after(async () => await town.close());

test('the example of the guide verifies the records of a wallet through a gateway', async () => {
    const [patient, clinic] = [await town.person('patient'), await town.person('clinic')];
    await patient.does('user', 'set-key');
    writeFileSync(join(town.folder, 'document.json'), '{ "resourceType": "Observation" }');
    const flags = ['--owner', patient.address, '--store', town.storeUrl];
    const created = await clinic.does('record', 'create', 'document.json', ...flags);
    const record = String(created.record?.address) as Address;

    const gateway = new Gateway(town.gatewayUrl);
    const deadline = Date.now() + PATIENCE_MS;
    while ((await gateway.account('record', record)) === undefined) {
        assert.ok(Date.now() < deadline, 'the gateway does not see the record');
        await sleep(50);
    }
    const example = fileURLToPath(new URL('dist/examples/verify-through-gateway.js', packageFolder));
    const words = [example, town.gatewayUrl, town.rpcUrl, patient.keypair];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    assert.equal(stdout, `${record} by ${clinic.address}: confirmed\n`);
    assert.equal((await town.read('record', record)).verified, 1);
});
