//! The program's accounts and changes as answers show them. The names are those of the command line's JSON.
//!
//! Each account comes with its whole data, so that a client can decode it itself, derive its address from its contents, and
//! compare both with the view.

use base64::{Engine, prelude::BASE64_STANDARD};
use generion_interface::accounts::LedgerAccount;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::{Problem, ProblemCode};
use crate::{
    json::{Commitment, SignatureText, U64Text},
    storage::{AccountKind, StoredAccount},
};

pub mod change;
pub mod order;
pub mod purchase;
pub mod record;
pub mod share;
pub mod user;

/// The state of an account on the ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OnLedger {
    /// The slot of the state that the account was read in.
    pub slot: U64Text,
    /// The finality of this state.
    pub commitment: Commitment,
    /// The transaction that changed the account last; `null` where it is not known, because the account was there before the
    /// gateway.
    pub signature: Option<SignatureText>,
    /// The account's balance.
    pub lamports: U64Text,
    /// The whole account in base64, to decode and to check: its address follows from its contents.
    #[schema(content_encoding = "base64")]
    pub data: String,
}

impl OnLedger {
    fn of(stored: &StoredAccount, finalized_slot: Option<u64>) -> Self {
        let is_final = finalized_slot.is_some_and(|finalized| stored.slot <= finalized);
        Self {
            slot: U64Text(stored.slot),
            commitment: match is_final {
                true => Commitment::Finalized,
                false => Commitment::Confirmed,
            },
            signature: stored.signature.map(SignatureText),
            lamports: U64Text(stored.lamports),
            data: BASE64_STANDARD.encode(&stored.data),
        }
    }
}

/// A kind of account as answers show it.
pub trait AccountView: Serialize + ToSchema + Send + Sized {
    /// The account.
    type Account: LedgerAccount;
    /// The account's table.
    const KIND: AccountKind;

    /// Shows an account.
    fn new(stored: &StoredAccount, account: Self::Account, on_ledger: OnLedger) -> Self;

    /// Reads an account of the index. Its address was derived from its contents before it went in.
    ///
    /// # Errors
    /// `Disputed`, or `Internal` if this software can't read its own row.
    fn read(stored: &StoredAccount, finalized_slot: Option<u64>) -> Result<Self, Problem> {
        if stored.disputed {
            return Err(Problem::new(
                ProblemCode::Disputed,
                format!(
                    "the nodes of this gateway disagree on {}: ask nodes of your own, or try again later",
                    stored.address
                ),
            ));
        }
        let program = &generion::ID;
        let account = Self::Account::decode(program, program, &stored.data)
            .map_err(|error| Problem::internal(&error))?;
        Ok(Self::new(
            stored,
            account,
            OnLedger::of(stored, finalized_slot),
        ))
    }
}
