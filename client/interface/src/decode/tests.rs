mod studies;

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

/// The decoder reads exactly what the builder writes, account by account: the order of the accounts is written down twice.
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
        serde_json::from_str(include_str!("../../../../idl/generion.json")).unwrap();
    let described = description["instructions"].as_array().unwrap();
    let built = [built(), studies::built()].concat();
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
        Decoded::decode(&[22], &[wallet(1); 9]),
        Err(DecodeError::UnknownTag(22))
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
