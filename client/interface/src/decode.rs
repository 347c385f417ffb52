//! Decodes the program's instructions: what a transaction asked of the program, with which accounts. The way back from
//! [`Instructions`](crate::Instructions).
//!
//! Anybody can put anything into a transaction. That an instruction decodes says that its bytes and its number of
//! accounts are those of an instruction of the program; only where the transaction succeeded has the program checked
//! the accounts.

use core::convert::identity;

use anchor_lang::{
    BORSH_CONFIG, BorshConfig, Discriminator,
    wincode::{self, SchemaRead},
};
use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, PurchaseArgs, SetEncryptionKeyArgs, SettleArgs,
    ShareRecordArgs, args::NoArgs, instruction,
};
use solana_address::Address;

/// Why data and accounts are no instruction of the program that this software knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// There is not even a tag.
    #[error("the instruction has no data")]
    Empty,
    /// Of a program that is newer than this software, or of none.
    #[error("no instruction has the tag {0}")]
    UnknownTag(u8),
    /// The data behind the tag are not the instruction's arguments, to the last byte.
    #[error("the data are not the arguments of {0}")]
    Arguments(&'static str),
    /// Accounts are missing.
    #[error("{instruction} takes {needed} accounts, and {given} are given")]
    Accounts {
        /// The instruction's name.
        instruction: &'static str,
        /// How many it takes, without the records behind them.
        needed: usize,
        /// How many there are.
        given: usize,
    },
}

macro_rules! decoded {
    ($(
        $(#[$attr:meta])*
        $name:ident $text:literal $(($args:ty))?: { $($(#[$account_attr:meta])* $account:ident,)* }
        $(then $rest:ident)?;
    )*) => {
        $(
            $(#[$attr])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $name {
                $($(#[$account_attr])* pub $account: Address,)*
                $(#[doc = "The records behind the declared accounts, in order."] pub $rest: Vec<Address>,)?
                $(#[doc = "The arguments."] pub args: $args,)?
            }
        )*

        /// An instruction of the program. The fields are named as in the protocol, section 5.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Decoded {
            $(
                #[doc = concat!("`", $text, "`")]
                $name($name),
            )*
        }

        impl Decoded {
            /// Decodes an instruction's data under the addresses of its accounts, in order. Accounts behind those that
            /// the instruction takes are its records where it takes any, and otherwise, as by the program, not looked
            /// at.
            ///
            /// # Errors
            /// [`DecodeError`]: no instruction, or one that this software does not know.
            pub fn decode(data: &[u8], accounts: &[Address]) -> Result<Self, DecodeError> {
                let (tag, bytes) = data.split_first().ok_or(DecodeError::Empty)?;
                $(
                    if instruction::$name::DISCRIMINATOR == [*tag] {
                        return Ok(Self::$name($name::decode(bytes, accounts)?));
                    }
                )*
                Err(DecodeError::UnknownTag(*tag))
            }

            /// The instruction's name.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $text,)*
                }
            }
        }

        $(
            impl $name {
                // Not every instruction has arguments, or records.
                #[allow(unused_variables)]
                fn decode(bytes: &[u8], accounts: &[Address]) -> Result<Self, DecodeError> {
                    let args = read::<decoded!(@args $($args)?)>(bytes).ok_or(DecodeError::Arguments($text))?;
                    let ([$($account,)*], behind) = split($text, accounts)?;
                    Ok(Self {
                        $($account: *$account,)*
                        $($rest: behind.to_vec(),)?
                        $(args: identity::<$args>(args),)?
                    })
                }
            }
        )*
    };
    (@args) => { NoArgs };
    (@args $args:ty) => { $args };
}

decoded! {
    /// A wallet publishes its first encryption key, or the next.
    SetEncryptionKey "set_encryption_key" (SetEncryptionKeyArgs): {
        /// Whose key it is.
        wallet,
        /// Pays the rent the first time.
        payer,
        /// The wallet's User account.
        user,
        /// The system program.
        system_program,
    };
    /// Somebody writes a record to a user.
    CreateRecord "create_record" (CreateRecordArgs): {
        /// Who writes it.
        creator,
        /// Pays the rent, and gets it back.
        payer,
        /// The owner's User account; the owner's wallet is no account of this instruction.
        user,
        /// The record.
        record,
        /// The system program.
        system_program,
    };
    /// The owner confirms a record.
    VerifyRecord "verify_record": {
        /// The record's owner.
        owner,
        /// The record.
        record,
    };
    /// The owner deletes a record, or its creator within the rule.
    DeleteRecord "delete_record": {
        /// Who deletes it.
        authority,
        /// The owner's User account.
        user,
        /// The record.
        record,
        /// Gets the rent back.
        rent_payer,
    };
    /// The owner opens a record to another user.
    ShareRecord "share_record" (ShareRecordArgs): {
        /// The record's owner.
        owner,
        /// Pays the rent, and gets it back.
        payer,
        /// The record.
        record,
        /// The recipient's User account; the recipient's wallet is no account of this instruction.
        recipient,
        /// The share.
        share,
        /// The system program.
        system_program,
    };
    /// The owner closes a share.
    RevokeShare "revoke_share": {
        /// The record's owner.
        owner,
        /// The share.
        share,
        /// Gets the rent back.
        rent_payer,
    };
    /// A seller puts records up for sale.
    CreateOrder "create_order" (CreateOrderArgs): {
        /// The seller.
        seller,
        /// Pays the rent, and gets it back.
        payer,
        /// The seller's User account.
        user,
        /// The order.
        order,
        /// The system program.
        system_program,
    } then records;
    /// The seller stops sales, or, with nothing pending, closes the order: the instruction is the same.
    CloseOrder "close_order": {
        /// The seller.
        seller,
        /// The order.
        order,
        /// Gets the rent back.
        rent_payer,
    } then records;
    /// A buyer pays into escrow.
    Purchase "purchase" (PurchaseArgs): {
        /// The buyer.
        buyer,
        /// The order.
        order,
        /// The purchase.
        purchase,
        /// The system program.
        system_program,
    };
    /// Somebody hands over keys, with the seller's proof.
    Deliver "deliver" (DeliverArgs): {
        /// The order.
        order,
        /// The purchase.
        purchase,
    } then records;
    /// The price goes back to the buyer.
    Refund "refund": {
        /// Who asks for it.
        authority,
        /// Gets price and rent.
        buyer,
        /// The order.
        order,
        /// The purchase.
        purchase,
    };
    /// The buyer closes a settled purchase.
    ClosePurchase "close_purchase": {
        /// The buyer.
        buyer,
        /// The purchase.
        purchase,
    };
    /// Somebody shows the secret that opens a locked purchase's capsules; that pays the seller.
    Settle "settle" (SettleArgs): {
        /// Gets the price.
        seller,
        /// The order.
        order,
        /// The purchase.
        purchase,
    };
}

/// Arguments, to the last byte.
fn read<A: for<'a> SchemaRead<'a, BorshConfig, Dst = A>>(bytes: &[u8]) -> Option<A> {
    wincode::config::deserialize(bytes, BORSH_CONFIG).ok()
}

/// The accounts that an instruction takes, and those behind them.
fn split<'a, const N: usize>(
    instruction: &'static str,
    accounts: &'a [Address],
) -> Result<(&'a [Address; N], &'a [Address]), DecodeError> {
    accounts.split_first_chunk().ok_or(DecodeError::Accounts {
        instruction,
        needed: N,
        given: accounts.len(),
    })
}

#[cfg(test)]
mod tests;
