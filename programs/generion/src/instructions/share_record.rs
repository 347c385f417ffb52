use anchor_lang::prelude::*;

use crate::{
    account::NewPda,
    args::instruction_args,
    constants::{ACCOUNT_VERSION, SHARE_SEED},
    curve,
    error::{GenerionError, require},
    events::{RecordShared, emit},
    ledger::{canonical_bump, now, rent},
    proof::Capsule,
    state::{RecordAccount, Share, UserAccount},
};

instruction_args! {
    /// Arguments of `share_record`.
    pub struct ShareRecordArgs {
        /// Index of the recipient's key that the capsule is made for. It must be the recipient's current key.
        pub key_index: u32,
        /// The record's group element, encrypted to that key.
        pub capsule: Capsule,
        /// Unix time, in seconds, after which the recipient should not use the share. 0 if it does not expire.
        pub expires_at: i64,
    }
}

/// Accounts of `share_record`.
#[derive(Accounts)]
pub struct ShareRecord {
    /// The record's owner.
    pub owner: Signer,
    /// Pays the rent, and gets it back when the share is revoked. May be the owner.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    /// The record.
    #[account(constraint = record.owner == *owner.address() @ GenerionError::WrongOwner)]
    pub record: RecordAccount,
    /// The recipient's User account. Its key is copied into the share.
    pub recipient: UserAccount,
    /// The new share. A record and a recipient have at most one.
    #[account(mut)]
    pub share: UncheckedAccount,
    /// The system program, which creates the account.
    pub system_program: Program<System>,
}

impl ShareRecord {
    /// Creates the share.
    #[inline(never)]
    pub fn share_record(&mut self, args: ShareRecordArgs) -> Result<()> {
        let record = self.record.address();
        let recipient = &self.recipient.wallet;
        let seeds = [SHARE_SEED, record.as_ref(), recipient.as_ref()];
        let bump = canonical_bump(self.share.address(), &seeds)?;

        require(self.record.is_verified(), GenerionError::NotVerified)?;
        let created_at = now()?;
        require(
            args.expires_at == 0 || args.expires_at > created_at,
            GenerionError::ExpiryInPast,
        )?;
        require(
            args.key_index == self.recipient.key_index,
            GenerionError::KeyIndexChanged,
        )?;
        require(
            curve::is_valid_key(&args.capsule.ephemeral) && curve::decodes(&args.capsule.masked),
            GenerionError::InvalidPoint,
        )?;

        let owner = self.record.owner;
        NewPda {
            payer: self.payer.account(),
            payer_seeds: &[],
            target: self.share.account(),
            seeds: &seeds,
            bump,
            rent: rent()?,
            deposit: 0,
        }
        .create(|share| {
            *share = Share {
                version: ACCOUNT_VERSION,
                bump,
                reserved: [0; 2],
                key_index: args.key_index,
                created_at,
                expires_at: args.expires_at,
                record: *record,
                owner,
                recipient: *recipient,
                rent_payer: *self.payer.address(),
                recipient_key: self.recipient.encryption_key,
                capsule: args.capsule,
            }
        })?;
        emit(RecordShared {
            share: *self.share.address(),
            record: *record,
            owner,
            recipient: *recipient,
            rent_payer: *self.payer.address(),
            created_at: created_at.into(),
            expires_at: args.expires_at.into(),
            key_index: args.key_index.into(),
        });
        Ok(())
    }
}
