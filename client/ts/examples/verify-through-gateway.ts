// node verify-through-gateway.js GATEWAY_URL RPC_URL KEYPAIR_FILE
import { readFileSync } from 'node:fs';
import { Gateway, getVerifyRecordInstruction } from '@generion/client';
import { createKeyPairSignerFromBytes, createSolanaRpc, signTransaction } from '@solana/kit';

const [gatewayUrl = '', nodeUrl = '', keypair = ''] = process.argv.slice(2);
const wallet = await createKeyPairSignerFromBytes(Uint8Array.from(JSON.parse(readFileSync(keypair, 'utf8'))));
const gateway = new Gateway(gatewayUrl);
const node = createSolanaRpc(nodeUrl);

// Each record is read from its bytes: its address follows from its contents, and it matches the filters.
for await (const record of gateway.list('record', { owner: wallet.address, verified: false })) {
    // No address covers whether a record is verified. A node of your own says whether this is its state.
    if (!(await gateway.isOnNode(record, node))) throw new Error(`the node shows another state of ${record.address}`);

    // `build` compares the gateway's transaction with this instruction, and throws if it does anything else.
    const verification = getVerifyRecordInstruction({ owner: wallet, record: record.address });
    const unsigned = await gateway.build(
        `/records/${record.address}/verify`,
        { owner: wallet.address },
        { feePayer: wallet.address, instructions: [verification] },
    );
    const signed = await signTransaction([wallet.keyPair], unsigned);
    const { status } = await gateway.send(signed);
    console.log(`${record.address} by ${record.state.creator}: ${status}`);
}
