//! # Generion: the on-chain program
//!
//! Patients keep, share and sell health records without a middleman. This file lists the instructions, one line per
//! handler. `instructions/` has one file per instruction with its arguments, accounts and handler, `state/` has the
//! accounts and their transitions, `proof/` has the proofs, and `docs/PROTOCOL.md` explains the model.
//!
//! Clients use the same crate, compiled for the host, for addresses, limits, layouts and the verifier.
//!
//! # For programs that call this one
//!
//! Depend on this crate with `default-features = false, features = ["no-entrypoint"]`. [`instruction`] has the data of each
//! instruction, [`accounts`] its accounts in their order, [`constants`] the seeds of the addresses. Each required signer
//! is either a wallet that signed the transaction or an address that the calling program signs for.
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
//! /// Verifies a record for `owner`, who signed the transaction.
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
//! Before you read an account, check that this program owns it and which kind it is.
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
// Anchor's macros generate public items without docs. All other public items have docs.
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

// The binary tells people who find a weakness how to report it. The format requires a project URL and a contact: until
// the project has public ones, both point into the repository.
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

/// The instructions. Tags are stable: a new instruction takes the next free tag.
#[program]
pub mod generion {
    use super::*;

    /// A wallet publishes its first encryption key, or rotates to its next one. Refuses a point that is no valid key.
    #[discrim = 0]
    pub fn set_encryption_key(
        ctx: &mut Context<SetEncryptionKey>,
        args: SetEncryptionKeyArgs,
    ) -> Result<()> {
        ctx.accounts.set_encryption_key(args)
    }

    /// Anyone creates a record for a user, at the address that follows from the record's contents. Refuses a capsule that
    /// the creator did not make for this record.
    #[discrim = 1]
    pub fn create_record(
        ctx: &mut Context<CreateRecord>,
        args: Box<CreateRecordArgs>,
    ) -> Result<()> {
        ctx.accounts.create_record(&args)
    }

    /// The owner verifies a record, once.
    #[discrim = 2]
    pub fn verify_record(ctx: &mut Context<VerifyRecord>, _args: NoArgs) -> Result<()> {
        ctx.accounts.verify_record()
    }

    /// The owner deletes a record. The record's creator may delete it while it is unverified, from 24 hours after its
    /// creation. Refuses a record that is listed in an order.
    #[discrim = 3]
    pub fn delete_record(ctx: &mut Context<DeleteRecord>, _args: NoArgs) -> Result<()> {
        ctx.accounts.delete_record()
    }

    /// The owner shares a verified record with another user, free of charge.
    #[discrim = 4]
    pub fn share_record(ctx: &mut Context<ShareRecord>, args: ShareRecordArgs) -> Result<()> {
        ctx.accounts.share_record(args)
    }

    /// The owner closes a share.
    #[discrim = 5]
    pub fn revoke_share(ctx: &mut Context<RevokeShare>, _args: NoArgs) -> Result<()> {
        ctx.accounts.revoke_share()
    }

    /// A seller offers 1 to 24 of their own verified records for sale. Remaining accounts: the records, in increasing order
    /// of address.
    #[discrim = 6]
    pub fn create_order(ctx: &mut Context<CreateOrder>, args: CreateOrderArgs) -> Result<()> {
        let records = ctx.remaining_accounts()?;
        ctx.accounts.create_order(args, &records)
    }

    /// The seller closes an order without pending purchases, or stops the sales of an order with pending purchases.
    /// Remaining accounts, when it closes: the order's records.
    #[discrim = 7]
    pub fn close_order(ctx: &mut Context<CloseOrder>, _args: NoArgs) -> Result<()> {
        let records = ctx.remaining_accounts()?;
        ctx.accounts.close_order(&records)
    }

    /// A buyer pays the price into escrow. Refuses terms that differ from those the buyer agreed to, the seller as buyer,
    /// and a second open purchase of the same buyer.
    #[discrim = 8]
    pub fn purchase(ctx: &mut Context<Purchase>, args: PurchaseArgs) -> Result<()> {
        ctx.accounts.purchase(args)
    }

    /// Anyone submits capsules re-encrypted for the buyer, with the seller's proof. The last capsules lock the purchase.
    #[discrim = 9]
    pub fn deliver(ctx: &mut Context<Deliver>, args: DeliverArgs) -> Result<()> {
        let records = ctx.remaining_accounts()?;
        ctx.accounts.deliver(&args, &records)
    }

    /// Price and rent go back to the buyer. The seller may refund until the purchase is locked, and anyone may once the time
    /// to deliver and to settle is over.
    #[discrim = 10]
    pub fn refund(ctx: &mut Context<Refund>, _args: NoArgs) -> Result<()> {
        ctx.accounts.refund()
    }

    /// The buyer closes a settled purchase and gets the rent back.
    #[discrim = 11]
    pub fn close_purchase(ctx: &mut Context<ClosePurchase>, _args: NoArgs) -> Result<()> {
        ctx.accounts.close_purchase()
    }

    /// Anyone submits the settle secret of a locked purchase, with which the buyer opens the capsules. The seller is paid.
    #[discrim = 12]
    pub fn settle(ctx: &mut Context<Settle>, args: SettleArgs) -> Result<()> {
        ctx.accounts.settle(args)
    }

    /// A sponsor creates a study. Moves no money except the rent: plain transfers to the study's vault fund the study.
    #[discrim = 13]
    pub fn create_study(ctx: &mut Context<CreateStudy>, args: Box<CreateStudyArgs>) -> Result<()> {
        ctx.accounts.create_study(&args)
    }

    /// The sponsor extends a study, or ends it with 300 seconds' notice. Neither is ever undone.
    #[discrim = 14]
    pub fn update_study(ctx: &mut Context<UpdateStudy>, args: UpdateStudyArgs) -> Result<()> {
        ctx.accounts.update_study(args)
    }

    /// The sponsor withdraws lamports from the vault of a study that is over or closed.
    #[discrim = 15]
    pub fn withdraw_budget(
        ctx: &mut Context<WithdrawBudget>,
        args: WithdrawBudgetArgs,
    ) -> Result<()> {
        ctx.accounts.withdraw_budget(args)
    }

    /// A participant discloses the required facts of the records of an order, and takes a seat, which the vault pays.
    /// Remaining accounts: the order's records.
    #[discrim = 16]
    pub fn join_study(ctx: &mut Context<JoinStudy>, args: Box<JoinStudyArgs>) -> Result<()> {
        let records = ctx.remaining_accounts()?;
        ctx.accounts.join_study(&args, &records)
    }

    /// A participant applies for a seat with an order and a sealed letter.
    #[discrim = 17]
    pub fn apply(ctx: &mut Context<Apply>, args: Box<ApplyArgs>) -> Result<()> {
        ctx.accounts.apply(&args)
    }

    /// The admitter gives an applicant a seat, which the vault pays. Refuses terms other than those that the
    /// admitter agreed to.
    #[discrim = 18]
    pub fn admit(ctx: &mut Context<Admit>, args: AdmitArgs) -> Result<()> {
        ctx.accounts.admit(args)
    }

    /// The participant withdraws an application. Its rent payer may once the study is over or closed.
    #[discrim = 19]
    pub fn withdraw_application(
        ctx: &mut Context<WithdrawApplication>,
        _args: NoArgs,
    ) -> Result<()> {
        ctx.accounts.withdraw_application()
    }

    /// The sponsor closes a settled seat of a study that is over or closed. The rent goes back to the vault.
    #[discrim = 20]
    pub fn close_seat(ctx: &mut Context<CloseSeat>, args: CloseSeatArgs) -> Result<()> {
        ctx.accounts.close_seat(args)
    }

    /// The sponsor closes a study that is over. The rent goes back to the wallet that paid it.
    #[discrim = 21]
    pub fn close_study(ctx: &mut Context<CloseStudy>, _args: NoArgs) -> Result<()> {
        ctx.accounts.close_study()
    }
}
