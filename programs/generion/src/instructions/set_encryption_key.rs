use anchor_lang::prelude::*;

use crate::{
    account::NewAccount,
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
        /// `X`: a canonical ristretto255 point other than the identity.
        pub encryption_key: Point,
    }
}

/// Accounts of `set_encryption_key`.
#[derive(Accounts)]
pub struct SetEncryptionKey {
    /// The wallet whose key it is.
    pub wallet: Signer,
    /// Pays the rent the first time; may be the wallet itself.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    /// The wallet's User account, created the first time.
    #[account(mut)]
    #[cfg_attr(feature = "idl-build", account(seeds = [USER_SEED, wallet.address().as_ref()], bump))]
    pub user: UncheckedAccount,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl SetEncryptionKey {
    /// Publishes the key, or rotates to it.
    #[inline(always)]
    pub fn set_encryption_key(&mut self, args: SetEncryptionKeyArgs) -> Result<()> {
        let wallet = self.wallet.address();
        let seeds = [USER_SEED, wallet.as_ref()];
        let bump = canonical_bump(self.user.address(), &seeds)?;
        require(
            curve::is_valid_key(&args.encryption_key),
            GenerionError::InvalidPoint,
        )?;
        let key_index = if self.user.owned_by(&System::id()) {
            NewAccount {
                payer: self.payer.account(),
                target: self.user.account(),
                seeds: &seeds,
                bump,
                rent: rent()?,
                deposit: 0,
            }
            .create(|user| *user = User::new(*wallet, bump, args.encryption_key))?;
            0
        } else {
            // SAFETY: no other account of this instruction refers to the User's data.
            let mut user = unsafe { UserAccount::load_mut(*self.user.account())? };
            user.rotate_key(args.encryption_key)?;
            user.key_index
        };
        emit(EncryptionKeySet {
            wallet: *wallet,
            key_index: key_index.into(),
            encryption_key: args.encryption_key,
        });
        Ok(())
    }
}
