//! `create_record` and `purchase` written for Anchor v1, the way its users write programs: Borsh accounts, `init` with
//! `seeds` and `bump`, CPIs through `system_program`, events by `emit!`. What they check, store and emit is what
//! Generion's do; the proof is on the same system calls. It is for measuring, and not for use.
#![allow(missing_docs)] // Anchor's macros make public items without docs.
#![allow(deprecated)] // The crate of the curve's system calls asks its users to say that its interface is unstable.

mod capsule;
mod state;

use anchor_lang::{prelude::*, system_program};
use solana_curve25519::ristretto::{PodRistrettoPoint, validate_ristretto};
use solana_sha256_hasher::hashv;

use capsule::{Capsule, CapsuleProof, CapsuleStatement};
use state::{Order, Purchase, PurchaseStatus, Record, User};

declare_id!("8ZkLaTPVBK21CHXpocY3RKLEckbge7fY1JbrQqi7fn7F");

/// Layout version that every account carries.
pub const ACCOUNT_VERSION: u8 = 1;
/// Bytes of the longest sealed locator.
pub const MAX_LOCATOR_LEN: usize = 512;

#[program]
pub mod anchor_v1 {
    use super::*;

    /// Anyone writes a record to a user. The locator comes first, since the account's size needs no more than that.
    pub fn create_record(
        ctx: Context<CreateRecord>,
        locator: Vec<u8>,
        args: CreateRecordArgs,
    ) -> Result<()> {
        require!(
            (1..=MAX_LOCATOR_LEN).contains(&locator.len()),
            PeerError::LocatorLength
        );
        let creator = ctx.accounts.creator.key();
        let record_address = ctx.accounts.record.key();
        let user = &mut ctx.accounts.user;
        CapsuleStatement {
            program_id: &crate::ID,
            record: &record_address,
            creator: &creator,
            owner_key: &user.encryption_key,
            data_public_key: &args.data_public_key,
            capsule: &args.capsule,
        }
        .verify(&args.proof)?;

        user.record_count = user
            .record_count
            .checked_add(1)
            .ok_or(PeerError::Arithmetic)?;

        let verified = creator == user.wallet;
        let created_at = Clock::get()?.unix_timestamp;
        let rent_payer = ctx.accounts.payer.key();
        ctx.accounts.record.set_inner(Record {
            version: ACCOUNT_VERSION,
            bump: ctx.bumps.record,
            verified,
            key_index: user.key_index,
            created_at,
            listings: 0,
            owner: user.wallet,
            creator,
            rent_payer,
            owner_key: user.encryption_key,
            data_public_key: args.data_public_key,
            capsule: args.capsule,
            facts_root: args.facts_root,
            locator,
        });
        emit!(RecordCreated {
            record: record_address,
            owner: user.wallet,
            creator,
            rent_payer,
            data_public_key: args.data_public_key,
            facts_root: args.facts_root,
            created_at,
            key_index: user.key_index,
            verified,
        });
        Ok(())
    }

    /// A buyer puts the price into escrow.
    pub fn purchase(ctx: Context<Buy>, args: PurchaseArgs) -> Result<()> {
        require!(is_valid_key(&args.buyer_key), PeerError::InvalidPoint);
        let buyer = ctx.accounts.buyer.key();
        let order_address = ctx.accounts.order.key();
        let order = &mut ctx.accounts.order;
        require!(order.open, PeerError::OrderNotOpen);
        require_keys_neq!(buyer, order.seller, PeerError::OwnOrder);
        require!(
            order.only_buyer == Pubkey::default() || order.only_buyer == buyer,
            PeerError::BuyerNotAllowed
        );
        let terms = order.terms(&order_address);
        require!(args.terms == terms, PeerError::TermsChanged);
        order.pending_purchases = order
            .pending_purchases
            .checked_add(1)
            .ok_or(PeerError::Arithmetic)?;
        let record_count = u8::try_from(order.records.len()).map_err(|_| PeerError::Arithmetic)?;
        let price = order.price;
        let deadline = Clock::get()?
            .unix_timestamp
            .checked_add(order.delivery_window.into())
            .ok_or(PeerError::DeadlineOverflow)?;

        ctx.accounts.purchase.set_inner(Purchase {
            version: ACCOUNT_VERSION,
            bump: ctx.bumps.purchase,
            status: PurchaseStatus::Pending,
            record_count,
            delivered_count: 0,
            price,
            deadline,
            settle_by: 0,
            order: order_address,
            seller: order.seller,
            buyer,
            buyer_key: args.buyer_key,
            settle_key: [0; 32],
            terms,
            capsules: vec![Capsule::EMPTY; order.records.len()],
        });
        emit!(Purchased {
            purchase: ctx.accounts.purchase.key(),
            order: order_address,
            seller: order.seller,
            buyer,
            buyer_key: args.buyer_key,
            price,
            deadline,
            record_count,
        });
        let transfer = system_program::Transfer {
            from: ctx.accounts.buyer.to_account_info(),
            to: ctx.accounts.purchase.to_account_info(),
        };
        system_program::transfer(
            CpiContext::new(ctx.accounts.system_program.key(), transfer),
            price,
        )
    }
}

/// Arguments of `create_record` behind the locator.
#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct CreateRecordArgs {
    pub data_public_key: [u8; 32],
    pub capsule: Capsule,
    pub proof: CapsuleProof,
    pub facts_root: [u8; 32],
}

impl CreateRecordArgs {
    /// What the record's address commits to.
    pub fn contents(&self, user: &User, creator: &Pubkey, locator: &[u8]) -> [u8; 32] {
        let hash = hashv(&[
            b"generion/record/v1",
            user.wallet.as_ref(),
            creator.as_ref(),
            &user.encryption_key,
            &self.data_public_key,
            &self.capsule.ephemeral,
            &self.capsule.masked,
            &self.facts_root,
            locator,
        ]);
        hash.to_bytes()
    }
}

/// Arguments of `purchase`: the buyer's key and the hash of the terms that the buyer agrees to.
#[derive(AnchorSerialize, AnchorDeserialize)]
pub struct PurchaseArgs {
    pub buyer_key: [u8; 32],
    pub terms: [u8; 32],
}

#[derive(Accounts)]
#[instruction(locator: Vec<u8>, args: CreateRecordArgs)]
pub struct CreateRecord<'info> {
    pub creator: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut)]
    pub user: Account<'info, User>,
    #[account(
        init,
        payer = payer,
        space = Record::space(locator.len()),
        seeds = [b"record", user.wallet.as_ref(), &args.contents(&user, &creator.key(), &locator)],
        bump,
    )]
    pub record: Account<'info, Record>,
    pub system_program: Program<'info, System>,
}

#[derive(Accounts)]
pub struct Buy<'info> {
    #[account(mut)]
    pub buyer: Signer<'info>,
    #[account(mut)]
    pub order: Account<'info, Order>,
    #[account(
        init,
        payer = buyer,
        space = Purchase::space(order.records.len()),
        seeds = [b"purchase", order.key().as_ref(), buyer.key().as_ref()],
        bump,
    )]
    pub purchase: Account<'info, Purchase>,
    pub system_program: Program<'info, System>,
}

#[event]
pub struct RecordCreated {
    pub record: Pubkey,
    pub owner: Pubkey,
    pub creator: Pubkey,
    pub rent_payer: Pubkey,
    pub data_public_key: [u8; 32],
    pub facts_root: [u8; 32],
    pub created_at: i64,
    pub key_index: u32,
    pub verified: bool,
}

#[event]
pub struct Purchased {
    pub purchase: Pubkey,
    pub order: Pubkey,
    pub seller: Pubkey,
    pub buyer: Pubkey,
    pub buyer_key: [u8; 32],
    pub price: u64,
    pub deadline: i64,
    pub record_count: u8,
}

#[error_code]
pub enum PeerError {
    #[msg("a key or capsule half is not a canonical ristretto255 point, or is the identity")]
    InvalidPoint,
    #[msg("the capsule proof does not hold for this record, creator and owner key")]
    CapsuleProofInvalid,
    #[msg("a sealed locator has 1 to 512 bytes")]
    LocatorLength,
    #[msg("the order takes no more purchases")]
    OrderNotOpen,
    #[msg("a seller can't buy the own order")]
    OwnOrder,
    #[msg("the order is for one buyer, and this is another address")]
    BuyerNotAllowed,
    #[msg("the order's terms differ from those that the buyer agreed to")]
    TermsChanged,
    #[msg("the deadline does not fit the clock")]
    DeadlineOverflow,
    #[msg("an amount or counter left its range")]
    Arithmetic,
}

/// Whether these are a point's canonical bytes, and not the identity's.
pub fn is_valid_key(point: &[u8; 32]) -> bool {
    *point != [0; 32] && validate_ristretto(&PodRistrettoPoint(*point))
}
