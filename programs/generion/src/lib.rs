//! # Generion: the on-chain program
//!
//! Patients keep, share and sell health records without a middleman. This file is the table of contents: one line a
//! handler. The rules behind each are in `instructions/` (one file an instruction: arguments, accounts, handler), the
//! transitions of the accounts in `state/`, the proofs in `proof/`, and the model in `docs/PROTOCOL.md`.
//!
//! The same crate, compiled for the host, is what clients import for addresses, limits, layouts and the verifier.
//!
//! # For programs that call this one
//!
//! Depend on this crate with `default-features = false, features = ["no-entrypoint"]`. [`instruction`] has the data of each
//! instruction, [`accounts`] its accounts in their order, [`constants`] the seeds of the addresses. Who has to sign there
//! signs here: a wallet that signed the transaction, or an address of the calling program's own.
//!
//! ```
//! use anchor_lang::InstructionData;
//! use generion::{args::NoArgs, instruction::VerifyRecord};
//! use pinocchio::{
//!     AccountView, ProgramResult,
//!     cpi::invoke,
//!     instruction::{InstructionAccount, InstructionView},
//! };
//!
//! /// Has the owner verify a record. `owner` signed the transaction.
//! fn verify(owner: &AccountView, record: &AccountView) -> ProgramResult {
//!     let accounts = [
//!         InstructionAccount::readonly_signer(owner.address()),
//!         InstructionAccount::writable(record.address()),
//!     ];
//!     let instruction = InstructionView {
//!         program_id: &generion::ID,
//!         accounts: &accounts,
//!         data: &VerifyRecord { _args: NoArgs {} }.data(),
//!     };
//!     invoke(&instruction, &[owner, record])
//! }
//! # // The tag of docs/PROTOCOL.md, section 5.
//! # assert_eq!(VerifyRecord { _args: NoArgs {} }.data(), [2]);
//! ```
//!
//! An account that is read is checked first: that this program owns it, and which kind it is.
//!
//! ```
//! use anchor_lang::Discriminator;
//! use generion::state::Record;
//! use pinocchio::AccountView;
//!
//! fn record(account: &AccountView) -> Option<Record> {
//!     if !account.owned_by(&generion::ID) {
//!         return None;
//!     }
//!     let data = account.try_borrow().ok()?;
//!     let fixed = data.strip_prefix(Record::DISCRIMINATOR)?.get(..size_of::<Record>())?;
//!     Some(bytemuck::pod_read_unaligned(fixed))
//! }
//! ```
#![cfg_attr(target_os = "solana", no_std)]
// Anchor's macros generate public items without docs; every item of our own has them.
#![allow(missing_docs)]
#![deny(clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects))]

extern crate alloc;

pub mod account;
pub mod args;
pub mod constants;
pub mod curve;
pub mod error;
pub mod events;
mod id;
pub mod instructions;
pub mod ledger;
pub mod proof;
pub mod state;

pub use error::GenerionError;
pub use id::{ID, PROGRAM_ID, check_id, id};
pub use instructions::*;

use alloc::boxed::Box;
use anchor_lang::prelude::*;
use args::NoArgs;

// In the binary, for whoever finds a weakness in a deployment. The format wants a project URL and a contact: until the
// project has public ones, both point into the repository.
#[cfg(not(feature = "no-entrypoint"))]
solana_security_txt::security_txt! {
    name: "Generion",
    project_url: "README.md of the source repository",
    contacts: "other:as SECURITY.md of the source repository says",
    policy: "SECURITY.md of the source repository. Report privately. There is no bounty.",
    preferred_languages: "en",
    source_release: env!("CARGO_PKG_VERSION"),
    auditors: "None"
}

/// The instructions. Tags are stable: a new instruction takes the next one.
#[program]
pub mod generion {
    use super::*;

    /// A wallet publishes its encryption key, or rotates to the next. Refuses points that nobody can encrypt to.
    #[discrim = 0]
    pub fn set_encryption_key(
        ctx: &mut Context<SetEncryptionKey>,
        args: SetEncryptionKeyArgs,
    ) -> Result<()> {
        ctx.accounts.set_encryption_key(args)
    }

    /// Anyone writes a record to a user, at the address that follows from its contents. Refuses a capsule that the creator
    /// didn't make for it.
    #[discrim = 1]
    pub fn create_record(
        ctx: &mut Context<CreateRecord>,
        args: Box<CreateRecordArgs>,
    ) -> Result<()> {
        ctx.accounts.create_record(&args)
    }

    /// The owner confirms a record, once.
    #[discrim = 2]
    pub fn verify_record(ctx: &mut Context<VerifyRecord>, _args: NoArgs) -> Result<()> {
        ctx.accounts.verify_record()
    }

    /// The owner deletes a record; its creator may while unverified, from 24 hours on. Refuses a listed one.
    #[discrim = 3]
    pub fn delete_record(ctx: &mut Context<DeleteRecord>, _args: NoArgs) -> Result<()> {
        ctx.accounts.delete_record()
    }

    /// The owner opens a verified record to another user, free of charge.
    #[discrim = 4]
    pub fn share_record(ctx: &mut Context<ShareRecord>, args: ShareRecordArgs) -> Result<()> {
        ctx.accounts.share_record(args)
    }

    /// The owner closes a share.
    #[discrim = 5]
    pub fn revoke_share(ctx: &mut Context<RevokeShare>, _args: NoArgs) -> Result<()> {
        ctx.accounts.revoke_share()
    }

    /// A seller puts 1 to 24 own, verified records up for sale. Remaining accounts: the records, addresses increasing.
    #[discrim = 6]
    pub fn create_order(ctx: &mut Context<CreateOrder>, args: CreateOrderArgs) -> Result<()> {
        let records = ctx.remaining_accounts()?;
        ctx.accounts.create_order(args, &records)
    }

    /// The seller stops sales, or, with nothing pending, closes the order. Remaining accounts then: its records.
    #[discrim = 7]
    pub fn close_order(ctx: &mut Context<CloseOrder>, _args: NoArgs) -> Result<()> {
        let records = ctx.remaining_accounts()?;
        ctx.accounts.close_order(&records)
    }

    /// A buyer puts the price into escrow. Refuses terms other than expected, the seller, and a second open purchase.
    #[discrim = 8]
    pub fn purchase(ctx: &mut Context<MakePurchase>, args: PurchaseArgs) -> Result<()> {
        ctx.accounts.purchase(args)
    }

    /// Anyone submits keys re-encrypted for the buyer with the seller's proof; the last ones lock the purchase.
    #[discrim = 9]
    pub fn deliver(ctx: &mut Context<Deliver>, args: DeliverArgs) -> Result<()> {
        let records = ctx.remaining_accounts()?;
        ctx.accounts.deliver(args, &records)
    }

    /// The seller declines before the lock, or anyone after all time to deliver and settle is over: price and rent go back
    /// to the buyer.
    #[discrim = 10]
    pub fn refund(ctx: &mut Context<Refund>, _args: NoArgs) -> Result<()> {
        ctx.accounts.refund()
    }

    /// The buyer closes a settled purchase and takes the rent back.
    #[discrim = 11]
    pub fn close_purchase(ctx: &mut Context<ClosePurchase>, _args: NoArgs) -> Result<()> {
        ctx.accounts.close_purchase()
    }

    /// Anyone shows the secret that opens a locked purchase's capsules to its buyer; that pays the seller.
    #[discrim = 12]
    pub fn settle(ctx: &mut Context<Settle>, args: SettleArgs) -> Result<()> {
        ctx.accounts.settle(args)
    }
}
