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
mod tests {
    use bytemuck::Zeroable;
    use generion::{
        args::Capsules,
        proof::{Capsule, capsule::CapsuleProof, delivery::DeliveryProof},
        state,
    };
    use solana_instruction::Instruction;

    use super::*;
    use crate::Instructions;

    fn wallet(byte: u8) -> Address {
        Address::new_from_array([byte; 32])
    }

    /// One of each, in the order of their tags, as clients build them.
    fn built() -> Vec<Instruction> {
        let build = Instructions::default();
        let record_state = state::Record {
            owner: wallet(1),
            rent_payer: wallet(3),
            ..Zeroable::zeroed()
        };
        let share_state = state::Share {
            owner: wallet(1),
            rent_payer: wallet(3),
            ..Zeroable::zeroed()
        };
        let order_state = state::Order {
            seller: wallet(1),
            rent_payer: wallet(3),
            ..Zeroable::zeroed()
        };
        let (record, share) = (wallet(10), wallet(11));
        let (order, purchase) = (wallet(12), wallet(13));
        let purchase_state = state::Purchase {
            order,
            seller: wallet(1),
            buyer: wallet(4),
            ..Zeroable::zeroed()
        };
        vec![
            build.set_encryption_key(wallet(1), wallet(3), set_encryption_key_args()),
            build.create_record(
                &wallet(1),
                &OWNER_KEY,
                wallet(2),
                wallet(3),
                create_record_args(),
            ),
            build.verify_record(wallet(1), record),
            build.delete_record(wallet(2), record, &record_state),
            build.share_record(
                wallet(1),
                wallet(3),
                record,
                &wallet(5),
                ShareRecordArgs {
                    key_index: 4,
                    capsule: Capsule::zeroed(),
                    expires_at: 8,
                },
            ),
            build.revoke_share(share, &share_state),
            build.create_order(wallet(1), wallet(3), &RECORDS, create_order_args()),
            build.close_order(order, &order_state, &RECORDS),
            build.purchase(wallet(4), order, purchase_args()),
            build.deliver(purchase, &purchase_state, &RECORDS, deliver_args()),
            build.refund(wallet(1), purchase, &purchase_state),
            build.close_purchase(wallet(4), purchase),
            build.settle(purchase, &purchase_state, settle_args()),
        ]
    }

    const OWNER_KEY: [u8; 32] = [9; 32];
    const RECORDS: [Address; 2] = [
        Address::new_from_array([6; 32]),
        Address::new_from_array([7; 32]),
    ];

    fn set_encryption_key_args() -> SetEncryptionKeyArgs {
        SetEncryptionKeyArgs {
            key_index: 2,
            encryption_key: OWNER_KEY,
            attestation: [8; 64],
        }
    }

    fn settle_args() -> SettleArgs {
        SettleArgs {
            settle_secret: [5; 32],
        }
    }

    fn create_record_args() -> CreateRecordArgs {
        CreateRecordArgs {
            data_public_key: [1; 32],
            capsule: Capsule::zeroed(),
            proof: CapsuleProof::zeroed(),
            facts_root: [0; 32],
            locator: vec![5; 240],
        }
    }

    fn create_order_args() -> CreateOrderArgs {
        CreateOrderArgs {
            id: 6,
            price: 7,
            delivery_window: 8,
            only_buyer: Some(wallet(9)),
            label: "two readings".to_owned(),
        }
    }

    fn purchase_args() -> PurchaseArgs {
        PurchaseArgs {
            buyer_key: [1; 32],
            terms: [7; 32],
        }
    }

    fn deliver_args() -> DeliverArgs {
        DeliverArgs {
            settle_key: [4; 32],
            first: 3,
            proof: DeliveryProof::zeroed(),
            capsules: Capsules(vec![Capsule::zeroed(); 2]),
        }
    }

    fn decode(instruction: &Instruction) -> Result<Decoded, DecodeError> {
        Decoded::decode(&instruction.data, &addresses(instruction))
    }

    fn addresses(instruction: &Instruction) -> Vec<Address> {
        instruction
            .accounts
            .iter()
            .map(|meta| meta.pubkey)
            .collect()
    }

    /// What is built is what is read, account by account: the order of the accounts is written down twice.
    #[test]
    fn what_is_built_is_decoded() {
        let of = crate::Addresses::default();
        let system_program = wallet(0);
        let (record, share, order, purchase) = (wallet(10), wallet(11), wallet(12), wallet(13));
        let records = RECORDS.to_vec();
        let user = of.user(&wallet(1));
        let expected = [
            Decoded::SetEncryptionKey(SetEncryptionKey {
                wallet: wallet(1),
                payer: wallet(3),
                user,
                system_program,
                args: set_encryption_key_args(),
            }),
            Decoded::CreateRecord(CreateRecord {
                creator: wallet(2),
                payer: wallet(3),
                user,
                record: {
                    let args = create_record_args();
                    of.record(&state::RecordContents {
                        owner: &wallet(1),
                        creator: &wallet(2),
                        owner_key: &OWNER_KEY,
                        data_public_key: &args.data_public_key,
                        capsule: &args.capsule,
                        facts_root: &args.facts_root,
                        locator: &args.locator,
                    })
                },
                system_program,
                args: create_record_args(),
            }),
            Decoded::VerifyRecord(VerifyRecord {
                owner: wallet(1),
                record,
            }),
            Decoded::DeleteRecord(DeleteRecord {
                authority: wallet(2),
                user,
                record,
                rent_payer: wallet(3),
            }),
            Decoded::ShareRecord(ShareRecord {
                owner: wallet(1),
                payer: wallet(3),
                record,
                recipient: of.user(&wallet(5)),
                share: of.share(&record, &wallet(5)),
                system_program,
                args: ShareRecordArgs {
                    key_index: 4,
                    capsule: Capsule::zeroed(),
                    expires_at: 8,
                },
            }),
            Decoded::RevokeShare(RevokeShare {
                owner: wallet(1),
                share,
                rent_payer: wallet(3),
            }),
            Decoded::CreateOrder(CreateOrder {
                seller: wallet(1),
                payer: wallet(3),
                user,
                order: of.order(&wallet(1), 6),
                system_program,
                records: records.clone(),
                args: create_order_args(),
            }),
            Decoded::CloseOrder(CloseOrder {
                seller: wallet(1),
                order,
                rent_payer: wallet(3),
                records: records.clone(),
            }),
            Decoded::Purchase(Purchase {
                buyer: wallet(4),
                order,
                purchase: of.purchase(&order, &wallet(4)),
                system_program,
                args: purchase_args(),
            }),
            Decoded::Deliver(Deliver {
                order,
                purchase,
                records,
                args: deliver_args(),
            }),
            Decoded::Refund(Refund {
                authority: wallet(1),
                buyer: wallet(4),
                order,
                purchase,
            }),
            Decoded::ClosePurchase(ClosePurchase {
                buyer: wallet(4),
                purchase,
            }),
            Decoded::Settle(Settle {
                seller: wallet(1),
                order,
                purchase,
                args: settle_args(),
            }),
        ];
        let decoded: Vec<_> = built()
            .iter()
            .map(|instruction| decode(instruction).unwrap())
            .collect();
        assert_eq!(decoded, expected);
    }

    #[test]
    fn instructions_have_the_names_of_the_interface_description() {
        let description: serde_json::Value =
            serde_json::from_str(include_str!("../../../idl/generion.json")).unwrap();
        let described = description["instructions"].as_array().unwrap();
        let built = built();
        assert_eq!(described.len(), built.len());
        for (tag, instruction) in built.iter().enumerate() {
            let described = described
                .iter()
                .find(|described| described["discriminator"] == serde_json::json!([tag]))
                .unwrap();
            assert_eq!(described["name"], decode(instruction).unwrap().name());
        }
    }

    #[test]
    fn data_that_are_not_an_instruction_are_refused() {
        assert_eq!(Decoded::decode(&[], &[]), Err(DecodeError::Empty));
        assert_eq!(
            Decoded::decode(&[13], &[wallet(1); 9]),
            Err(DecodeError::UnknownTag(13))
        );
        for mut instruction in built() {
            let name = decode(&instruction).unwrap().name();
            let arguments = Err(DecodeError::Arguments(name));
            let whole = instruction.data.clone();
            instruction.data.push(0);
            assert_eq!(decode(&instruction), arguments, "a byte too long");
            for length in 1..whole.len() {
                // Of a delivery, a capsule less is a delivery.
                if name == "deliver" && (whole.len() - length) % 64 == 0 {
                    continue;
                }
                instruction.data.truncate(length);
                assert_eq!(decode(&instruction), arguments, "{name}: {length} bytes");
                instruction.data.clone_from(&whole);
            }
        }
    }

    #[test]
    fn accounts_that_are_missing_are_told() {
        for instruction in built() {
            let name = decode(&instruction).unwrap().name();
            let accounts = addresses(&instruction);
            let refused = |given| match Decoded::decode(&instruction.data, &accounts[..given]) {
                Ok(_) => false,
                Err(error) => {
                    let DecodeError::Accounts {
                        instruction,
                        given: told,
                        ..
                    } = error
                    else {
                        panic!("{name}: {error}");
                    };
                    assert_eq!((instruction, told), (name, given));
                    true
                }
            };
            let records = match name {
                "create_order" | "close_order" | "deliver" => 2,
                _ => 0,
            };
            for given in 0..accounts.len() {
                assert_eq!(
                    refused(given),
                    given < accounts.len() - records,
                    "{name}: {given}"
                );
            }
        }
    }

    /// A label's length that nothing follows is refused before memory is taken for it.
    #[test]
    fn a_length_is_not_believed() {
        let mut instruction = built().swap_remove(6);
        let label_len = 1 + 8 + 8 + 4 + 1 + 32;
        instruction.data[label_len..label_len + 4].copy_from_slice(&[0xff; 4]);
        let refused = Err(DecodeError::Arguments("create_order"));
        assert_eq!(decode(&instruction), refused);
    }
}
