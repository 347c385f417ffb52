use futures::future::join_all;
use generion_rpc::node::Node;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_rpc_client_api::{
    request::RpcRequest,
    response::{Response, RpcBlockhash},
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;

use crate::{error::ClientError, ledger::Ledger};

/// A transaction that is signed and not sent.
#[derive(Clone)]
pub struct Signed {
    pub(super) transaction: Transaction,
    pub(super) signature: Signature,
    pub(super) validity: Validity,
}

impl Signed {
    /// The transaction's signature.
    pub const fn signature(&self) -> Signature {
        self.signature
    }

    /// The last block height at which the transaction can reach the ledger.
    pub const fn last_valid_height(&self) -> u64 {
        self.validity.last_height
    }
}

/// A block hash, and for how long it makes transactions valid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Validity {
    pub(super) hash: Hash,
    /// The last block height at which a transaction with this hash can reach the ledger.
    pub(super) last_height: u64,
    /// The slot of the state that it was read from.
    pub(super) slot: u64,
}

impl Ledger {
    /// A block hash to sign with: the first node's, unless another node doesn't know it.
    pub(super) async fn validity(&self) -> Result<Validity, ClientError> {
        let [first, others @ ..] = self.nodes() else {
            return self.validity_of(self.primary()).await;
        };
        let validity = self.validity_of(first).await;
        if others.is_empty() {
            return validity;
        }
        if let Ok(validity) = &validity
            && self.is_known_to_any(others, &validity.hash).await
        {
            return Ok(*validity);
        }
        for node in others {
            if let Ok(validity) = self.validity_of(node).await {
                // A slot that one node reached is no minimum for another.
                return Ok(Validity {
                    slot: 0,
                    ..validity
                });
            }
        }
        validity
    }

    async fn is_known_to_any(&self, nodes: &[Node], hash: &Hash) -> bool {
        let ask = async |node: &Node| {
            let rpc = node.rpc();
            let valid = rpc.is_blockhash_valid(hash, rpc.commitment()).await;
            valid.unwrap_or(false)
        };
        let answers = join_all(nodes.iter().map(ask)).await;
        answers.into_iter().any(|is_valid| is_valid)
    }

    async fn validity_of(&self, node: &Node) -> Result<Validity, ClientError> {
        self.check_genesis_of(node).await?;
        let parameters = serde_json::json!([node.rpc().commitment()]);
        let answer = node
            .rpc()
            .send::<Response<RpcBlockhash>>(RpcRequest::GetLatestBlockhash, parameters)
            .await
            .map_err(|error| node.error(error))?;
        let hash = answer
            .value
            .blockhash
            .parse()
            .map_err(|_| self.nonsense("its block hash is not one"))?;
        Ok(Validity {
            hash,
            last_height: answer.value.last_valid_block_height,
            slot: answer.context.slot,
        })
    }
}

/// Signs a transaction; repeated signers are fine.
pub(super) fn signed(
    instructions: &[Instruction],
    payer: &(dyn Signer + Sync),
    signers: &[&(dyn Signer + Sync)],
    validity: Validity,
) -> Result<Signed, ClientError> {
    let mut all = vec![payer];
    for signer in signers {
        if all.iter().all(|known| known.pubkey() != signer.pubkey()) {
            all.push(*signer);
        }
    }
    let mut transaction = Transaction::new_with_payer(instructions, Some(&payer.pubkey()));
    transaction.try_sign(&all, validity.hash)?;
    Ok(Signed {
        signature: transaction.signatures.first().copied().unwrap_or_default(),
        transaction,
        validity,
    })
}
