//! The operations that can be built, and the choice of nodes.

use std::time::Duration;

use futures::{StreamExt, stream::FuturesUnordered};
use generion::{CreateRecordArgs, DeliverArgs, PurchaseArgs, ShareRecordArgs};
use generion_interface::{Addresses, GenesisHash, Instructions};
use generion_rpc::node::Node;
use solana_address::Address;
use tokio::time::timeout;

use super::{
    builder::{Builder, Terms},
    error::BuildError,
    keys::AttestedKey,
    ledger::LedgerReader,
    orders::Offer,
    unsigned::Unsigned,
};

/// The time after which the next node is asked as well.
const HEDGE_WAIT: Duration = Duration::from_millis(800);

/// An action of a wallet. The method of [`Builder`] with the same name documents the fields.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are the arguments of the methods")]
pub enum Operation {
    /// [`Builder::create_user`].
    CreateUser { wallet: Address, key: AttestedKey },
    /// [`Builder::rotate_key`].
    RotateKey { wallet: Address, key: AttestedKey },
    /// [`Builder::create_record`].
    CreateRecord {
        owner: Address,
        creator: Address,
        args: CreateRecordArgs,
    },
    /// [`Builder::verify_record`].
    VerifyRecord { owner: Address, record: Address },
    /// [`Builder::delete_record`].
    DeleteRecord { authority: Address, record: Address },
    /// [`Builder::share_record`].
    ShareRecord {
        owner: Address,
        record: Address,
        recipient: Address,
        args: ShareRecordArgs,
    },
    /// [`Builder::revoke_share`].
    RevokeShare { owner: Address, share: Address },
    /// [`Builder::create_order`].
    CreateOrder { seller: Address, offer: Offer },
    /// [`Builder::close_order`].
    CloseOrder { seller: Address, order: Address },
    /// [`Builder::purchase`].
    Purchase {
        buyer: Address,
        order: Address,
        args: PurchaseArgs,
    },
    /// [`Builder::deliver`].
    Deliver {
        payer: Address,
        purchase: Address,
        args: DeliverArgs,
    },
    /// [`Builder::refund`].
    Refund {
        authority: Address,
        purchase: Address,
    },
    /// [`Builder::close_purchase`].
    ClosePurchase { buyer: Address, purchase: Address },
}

/// A program on a ledger, and the nodes that show it.
#[derive(Clone, Copy)]
pub struct Ledger<'a> {
    /// The nodes, of which the first one is asked first.
    pub nodes: &'a [Node],
    /// The program's addresses.
    pub addresses: &'a Addresses,
    /// The ledger's genesis hash.
    pub genesis: GenesisHash,
}

impl Ledger<'_> {
    /// Builds a transaction from the accounts of one node: the first one that answers. The nodes are asked one after another:
    /// the next one at once if a node fails, and in addition if it takes long.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn build(&self, operation: &Operation, terms: Terms) -> Result<Unsigned, BuildError> {
        let mut others = self.nodes.iter();
        let mut asked = FuturesUnordered::new();
        let mut failed = None;
        loop {
            match others.next() {
                Some(node) => asked.push(self.build_from(node, operation.clone(), terms)),
                None if asked.is_empty() => return Err(failed.unwrap_or(BuildError::NoNode)),
                None => {}
            }
            let next = asked.next();
            let built = match others.len() {
                0 => next.await,
                _ => match timeout(HEDGE_WAIT, next).await {
                    Ok(built) => built,
                    Err(_) => continue,
                },
            };
            match built {
                Some(Err(error)) if error.is_of_the_node() => failed = failed.or(Some(error)),
                Some(built) => return built,
                None => {}
            }
        }
    }

    async fn build_from(
        &self,
        node: &Node,
        operation: Operation,
        terms: Terms,
    ) -> Result<Unsigned, BuildError> {
        let builder = Builder {
            reader: LedgerReader {
                node,
                addresses: self.addresses,
            },
            instructions: Instructions {
                addresses: *self.addresses,
            },
            genesis: self.genesis,
            terms,
        };
        build(&builder, operation).await
    }
}

async fn build(builder: &Builder<'_>, operation: Operation) -> Result<Unsigned, BuildError> {
    use Operation as O;
    match operation {
        O::CreateUser { wallet, key } => builder.create_user(wallet, key).await,
        O::RotateKey { wallet, key } => builder.rotate_key(wallet, key).await,
        O::CreateRecord {
            owner,
            creator,
            args,
        } => builder.create_record(owner, creator, args).await,
        O::VerifyRecord { owner, record } => builder.verify_record(owner, record).await,
        O::DeleteRecord { authority, record } => builder.delete_record(authority, record).await,
        O::ShareRecord {
            owner,
            record,
            recipient,
            args,
        } => builder.share_record(owner, record, recipient, args).await,
        O::RevokeShare { owner, share } => builder.revoke_share(owner, share).await,
        O::CreateOrder { seller, offer } => builder.create_order(seller, offer).await,
        O::CloseOrder { seller, order } => builder.close_order(seller, order).await,
        O::Purchase { buyer, order, args } => builder.purchase(buyer, order, args).await,
        O::Deliver {
            payer,
            purchase,
            args,
        } => builder.deliver(payer, purchase, args).await,
        O::Refund {
            authority,
            purchase,
        } => builder.refund(authority, purchase).await,
        O::ClosePurchase { buyer, purchase } => builder.close_purchase(buyer, purchase).await,
    }
}
