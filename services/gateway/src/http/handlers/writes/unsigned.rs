//! The terms of the fee, and the unsigned transaction as it is answered.

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    build::{Operation, Terms, Unsigned},
    http::{
        bytes::Base64Bytes,
        problem::{Problem, ProblemCode},
        state::AppState,
    },
    json::{AddressText, U64Text},
};

/// The payer of the fee and the rent, and the priority fee. By default, the wallet that acts pays, and there is no priority
/// fee.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Fee {
    /// Another wallet that pays; it has to sign as well.
    payer: Option<AddressText>,
    /// Whether the operator's wallet shall pay. It signs when the signed transaction is sent to this gateway.
    sponsored: bool,
    /// Micro-lamports for each compute unit, for priority.
    unit_price: Option<U64Text>,
}

/// A transaction to check, sign and send to `POST /v1/transactions`.
#[derive(Serialize, ToSchema)]
pub(super) struct UnsignedTransaction {
    /// The transaction as it is sent to nodes, in base64, with zeros for the signatures.
    transaction: Base64Bytes,
    /// The wallet that pays the fee.
    fee_payer: AddressText,
    /// Whether that is the operator's, which signs last.
    sponsored: bool,
    /// The wallets that have to sign, in the order of their signatures.
    signers: Vec<AddressText>,
    /// The effects of the transaction, as sentences.
    effects: Vec<String>,
    /// The costs of the transaction.
    cost: TransactionCost,
    /// All accounts that it names.
    accounts: Vec<TransactionAccount>,
    /// The account that it creates.
    creates: Option<AddressText>,
    /// The block hash.
    blockhash: String,
    /// The last block height at which the transaction can reach the ledger.
    last_valid_block_height: U64Text,
    /// About when that will be, in seconds since the Unix epoch.
    expires_at: i64,
    /// The compute units that it may use.
    compute_unit_limit: u32,
}

/// The costs of a transaction, in lamports.
#[derive(Serialize, ToSchema)]
struct TransactionCost {
    /// The fee for signatures and priority.
    fee: U64Text,
    /// The part of the fee that is for priority.
    priority_fee: U64Text,
    /// The rent of the account that it creates.
    rent: U64Text,
    /// The price that goes into escrow.
    price: U64Text,
    /// The amount that is returned to the wallet that paid it before.
    returned: U64Text,
}

/// An account that a transaction names.
#[derive(Serialize, ToSchema)]
struct TransactionAccount {
    /// The account's address.
    address: AddressText,
    /// The account's role in the transaction, such as `owner` or `program`.
    roles: Vec<String>,
    /// Whether the transaction may write to it.
    writable: bool,
    /// Whether it has to sign.
    signer: bool,
}

/// The answer of a route.
pub(super) type Answer = Result<Json<UnsignedTransaction>, Problem>;

/// Builds a transaction on these terms.
pub(super) async fn build(state: &AppState, fee: Option<Fee>, operation: Operation) -> Answer {
    let terms = terms(state, fee.unwrap_or_default()).await?;
    let unsigned = state.ledger().build(&operation, terms).await?;
    if let Some(signer) = state.signer.as_ref().filter(|_| terms.is_sponsored) {
        signer.preview(unsigned.transaction.clone()).await?;
    }
    Ok(Json(shown(unsigned, terms.is_sponsored)))
}

async fn terms(state: &AppState, fee: Fee) -> Result<Terms, Problem> {
    let mut terms = Terms {
        fee_payer: fee.payer.map(|AddressText(payer)| payer),
        is_sponsored: fee.sponsored,
        unit_price: fee.unit_price.map_or(0, |U64Text(price)| price),
        max_priority_fee: state.config.relay.max_priority_fee,
    };
    if fee.sponsored {
        if fee.payer.is_some() {
            let detail = "fee: name a payer, or set sponsored, and not both";
            return Err(Problem::new(ProblemCode::InvalidBody, detail));
        }
        let off = || {
            let detail = "this gateway pays for nobody: leave out fee.sponsored";
            Problem::new(ProblemCode::SponsoringOff, detail)
        };
        let signer = state.signer.as_ref().ok_or_else(off)?;
        let payer = signer.keys().await?.fee_payer;
        terms.fee_payer = Some(payer.ok_or_else(off)?);
    }
    Ok(terms)
}

fn shown(unsigned: Unsigned, sponsored: bool) -> UnsignedTransaction {
    let cost = unsigned.cost;
    let accounts = unsigned
        .accounts
        .into_iter()
        .map(|account| TransactionAccount {
            address: AddressText(account.address),
            roles: account.roles.into_iter().map(str::to_owned).collect(),
            writable: account.is_writable,
            signer: account.is_signer,
        });
    UnsignedTransaction {
        transaction: Base64Bytes(unsigned.transaction),
        fee_payer: AddressText(unsigned.fee_payer),
        sponsored,
        signers: unsigned.signers.into_iter().map(AddressText).collect(),
        effects: unsigned.effects,
        cost: TransactionCost {
            fee: U64Text(cost.fee),
            priority_fee: U64Text(cost.priority_fee),
            rent: U64Text(cost.rent),
            price: U64Text(cost.price),
            returned: U64Text(cost.returned),
        },
        accounts: accounts.collect(),
        creates: unsigned.creates.map(AddressText),
        blockhash: unsigned.blockhash.to_string(),
        last_valid_block_height: U64Text(unsigned.last_valid_block_height),
        expires_at: unsigned.expires_at,
        compute_unit_limit: unsigned.compute_unit_limit,
    }
}
