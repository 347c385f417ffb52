use anchor_lang::prelude::*;

use crate::{
    account::NewPda,
    args::instruction_args,
    constants::USER_SEED,
    curve::{self, Point},
    error::{GenerionError, require},
    events::{EncryptionKeySet, emit},
    ledger::{canonical_bump, rent},
    state::{User, UserAccount},
};

instruction_args! {
    /// Arguments of `set_encryption_key`.
    pub struct SetEncryptionKeyArgs {
        /// Index of the new key: 0 for the first key, otherwise one more than the index of the current key.
        pub key_index: u32,
        /// `X`, the new key: a canonical ristretto255 point other than the identity.
        pub encryption_key: Point,
        /// The wallet's signature over the line that names key and index. The program stores it without checking it.
        pub attestation: [u8; 64],
    }
}

/// Accounts of `set_encryption_key`.
#[derive(Accounts)]
pub struct SetEncryptionKey {
    /// The wallet that the key belongs to.
    pub wallet: Signer,
    /// Pays the rent of a new User account. May be the wallet itself.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    /// The wallet's User account, created with the first key.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [USER_SEED, wallet.address().as_ref()], bump))]
    pub user: UncheckedAccount,
    /// The system program, which creates the account.
    pub system_program: Program<System>,
}

impl SetEncryptionKey {
    /// Publishes the first key, or rotates to the next one.
    #[inline(always)]
    pub fn set_encryption_key(&mut self, args: SetEncryptionKeyArgs) -> Result<()> {
        let wallet = self.wallet.address();
        let seeds = [USER_SEED, wallet.as_ref()];
        let bump = canonical_bump(self.user.address(), &seeds)?;
        require(
            curve::is_valid_key(&args.encryption_key),
            GenerionError::InvalidPoint,
        )?;
        if self.user.owned_by(&System::id()) {
            require(args.key_index == 0, GenerionError::KeyIndexChanged)?;
            NewPda {
                payer: self.payer.account(),
                payer_seeds: &[],
                target: self.user.account(),
                seeds: &seeds,
                bump,
                rent: rent()?,
                deposit: 0,
            }
            .create(|user| {
                *user = User::new(*wallet, bump, args.encryption_key, args.attestation);
            })?;
        } else {
            // SAFETY: no other account of this instruction refers to the User's data.
            let mut user = unsafe { UserAccount::load_mut(*self.user.account())? };
            user.rotate_key(args.key_index, args.encryption_key, args.attestation)?;
        }
        emit(EncryptionKeySet {
            wallet: *wallet,
            key_index: args.key_index.into(),
            encryption_key: args.encryption_key,
            attestation: args.attestation,
        });
        Ok(())
    }
}
