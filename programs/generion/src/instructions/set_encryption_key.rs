use anchor_lang::prelude::*;
use pinocchio::cpi::Seed;

use crate::{
    account::NewAccount,
    args::instruction_args,
    constants::USER_SEED,
    curve::Point,
    events::{EncryptionKeySet, emit},
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
    #[account(mut, seeds = [USER_SEED, wallet.address().as_ref()], bump)]
    pub user: UncheckedAccount,
    /// Creates the account.
    pub system_program: Program<System>,
}

impl SetEncryptionKey {
    /// Publishes the key, or rotates to it.
    #[inline(always)]
    pub fn set_encryption_key(&mut self, args: SetEncryptionKeyArgs, bump: u8) -> Result<()> {
        let wallet = *self.wallet.address();
        let key_index = if self.user.owned_by(&System::id()) {
            let seeds = [
                Seed::from(USER_SEED),
                Seed::from(wallet.as_ref()),
                Seed::from(core::slice::from_ref(&bump)),
            ];
            let user = User::new(wallet, bump, args.encryption_key)?;
            NewAccount {
                payer: self.payer.account(),
                target: self.user.account(),
                seeds: &seeds,
                rent: Rent::get()?,
                deposit: 0,
            }
            .create(|stored| *stored = user)?;
            user.key_index
        } else {
            // SAFETY: no other account of this instruction refers to the User's data.
            let mut user = unsafe { UserAccount::load_mut(*self.user.account())? };
            user.rotate_key(args.encryption_key)?;
            user.key_index
        };
        emit(EncryptionKeySet {
            wallet,
            key_index: key_index.into(),
            encryption_key: args.encryption_key,
        });
        Ok(())
    }
}
