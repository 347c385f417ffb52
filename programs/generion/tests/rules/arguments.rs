//! Instruction arguments: one encoding each, read to the last byte.

use anchor_lang::{
    Address, BORSH_CONFIG, BorshConfig, IdlAccountType, InstructionData,
    wincode::{self, SchemaRead, SchemaWrite},
};
use generion::{
    CreateOrderArgs, CreateRecordArgs, DeliverArgs, PurchaseArgs, SetEncryptionKeyArgs, SettleArgs,
    ShareRecordArgs,
    args::{Capsules, NoArgs},
    instruction,
    proof::{Capsule, capsule::CapsuleProof, delivery::DeliveryProof},
};

use crate::support::address;

fn read<A: for<'a> SchemaRead<'a, BorshConfig, Dst = A>>(bytes: &[u8]) -> Option<A> {
    wincode::config::deserialize(bytes, BORSH_CONFIG).ok()
}

fn written<A: SchemaWrite<BorshConfig, Src = A>>(args: &A) -> Vec<u8> {
    wincode::config::serialize(args, BORSH_CONFIG).unwrap()
}

/// The arguments are these bytes, and neither fewer nor more.
#[track_caller]
fn assert_bytes<A>(args: &A, bytes: &[u8])
where
    A: for<'a> SchemaRead<'a, BorshConfig, Dst = A>
        + SchemaWrite<BorshConfig, Src = A>
        + PartialEq
        + core::fmt::Debug,
{
    assert_eq!(written(args), bytes);
    assert_eq!(read::<A>(bytes).as_ref(), Some(args));
    for length in 0..bytes.len() {
        assert_eq!(read::<A>(&bytes[..length]), None, "{length}");
    }
    assert_eq!(read::<A>(&[bytes, &[0]].concat()), None);
}

fn capsule(byte: u8) -> Capsule {
    Capsule {
        ephemeral: [byte; 32],
        masked: [byte + 1; 32],
    }
}

#[test]
fn arguments_of_fixed_size_are_their_fields() {
    assert_bytes(&NoArgs {}, &[]);
    let args = SetEncryptionKeyArgs {
        key_index: 3,
        encryption_key: [1; 32],
        attestation: [2; 64],
    };
    assert_bytes(
        &args,
        &[&3_u32.to_le_bytes()[..], &[1; 32], &[2; 64]].concat(),
    );
    let args = ShareRecordArgs {
        key_index: 3,
        capsule: capsule(1),
        expires_at: -2,
    };
    let bytes = [
        &3_u32.to_le_bytes()[..],
        &[1; 32],
        &[2; 32],
        &(-2_i64).to_le_bytes(),
    ];
    assert_bytes(&args, &bytes.concat());
    let args = PurchaseArgs {
        buyer_key: [1; 32],
        terms: [2; 32],
    };
    assert_bytes(&args, &[[1; 32], [2; 32]].concat());
    let args = SettleArgs {
        settle_secret: [1; 32],
    };
    assert_bytes(&args, &[1; 32]);
}

fn create_record(locator: &[u8]) -> (CreateRecordArgs, Vec<u8>) {
    let args = CreateRecordArgs {
        data_public_key: [1; 32],
        capsule: capsule(2),
        proof: CapsuleProof {
            challenge: [4; 16],
            response: [5; 32],
        },
        facts_root: [6; 32],
        locator: locator.to_vec(),
    };
    let bytes = [
        &[1; 32][..],
        &[2; 32],
        &[3; 32],
        &[4; 16],
        &[5; 32],
        &[6; 32],
        &(locator.len() as u32).to_le_bytes(),
        locator,
    ];
    (args, bytes.concat())
}

fn create_order(only_buyer: Option<Address>, label: &str) -> (CreateOrderArgs, Vec<u8>) {
    let args = CreateOrderArgs {
        id: 9,
        price: 8,
        delivery_window: 7,
        only_buyer,
        label: label.to_owned(),
    };
    let only_buyer = match only_buyer {
        Some(buyer) => [&[1][..], buyer.as_ref()].concat(),
        None => vec![0],
    };
    let bytes = [
        &9_u64.to_le_bytes()[..],
        &8_u64.to_le_bytes(),
        &7_u32.to_le_bytes(),
        &only_buyer,
        &(label.len() as u32).to_le_bytes(),
        label.as_bytes(),
    ];
    (args, bytes.concat())
}

#[test]
fn tails_have_a_length_prefix() {
    for locator in [&[][..], &[7], &[7; 512]] {
        let (args, bytes) = create_record(locator);
        if locator.len() < 2 {
            assert_bytes(&args, &bytes);
        }
        assert_eq!(read(&bytes), Some(args));
    }
    for label in ["", "x", "Zürich"] {
        for only_buyer in [None, Some(address(6)), Some(Address::default())] {
            let (args, bytes) = create_order(only_buyer, label);
            assert_bytes(&args, &bytes);
        }
    }
}

/// The only buyer is one byte where there is none, and nothing but 0 and 1 says which.
#[test]
fn an_only_buyer_is_there_or_not() {
    let (_, bytes) = create_order(None, "x");
    assert_eq!(bytes.len(), 20 + 1 + 4 + 1);
    let (_, mut bytes) = create_order(Some(address(6)), "x");
    assert_eq!(bytes.len(), 20 + 33 + 4 + 1);
    for tag in [2, 0x80, 0xff] {
        bytes[20] = tag;
        assert_eq!(read::<CreateOrderArgs>(&bytes), None, "{tag}");
    }
}

#[test]
fn a_label_is_text() {
    let (_, mut bytes) = create_order(None, "ab");
    *bytes.last_mut().unwrap() = 0xff;
    assert_eq!(read::<CreateOrderArgs>(&bytes), None);
}

/// A claim of four gigabytes is refused, and takes no memory.
#[test]
fn a_false_length_is_refused() {
    let (_, mut bytes) = create_order(None, "ab");
    bytes[21..25].fill(0xff);
    assert_eq!(read::<CreateOrderArgs>(&bytes), None);
    let (_, mut bytes) = create_record(&[7]);
    bytes[176..180].fill(0xff);
    assert_eq!(read::<CreateRecordArgs>(&bytes), None);
}

fn deliver(count: u8) -> (DeliverArgs, Vec<u8>) {
    let capsules: Vec<_> = (10..10 + count).map(capsule).collect();
    let args = DeliverArgs {
        settle_key: [9; 32],
        first: 1,
        proof: DeliveryProof {
            challenge: [2; 16],
            owner_response: [3; 32],
            ephemeral_response: [4; 32],
        },
        capsules: Capsules(capsules.clone()),
    };
    let mut bytes = [&[9; 32][..], &[1], &[2; 16], &[3; 32], &[4; 32]].concat();
    for Capsule { ephemeral, masked } in capsules {
        bytes.extend(ephemeral);
        bytes.extend(masked);
    }
    (args, bytes)
}

#[test]
fn capsules_of_a_delivery_reach_to_the_end() {
    for count in 0..=10 {
        let (args, bytes) = deliver(count);
        assert_eq!(bytes.len(), 113 + 64 * usize::from(count));
        assert_eq!(written(&args), bytes);
        assert_eq!(read(&bytes), Some(args));
        for more in [1, 63] {
            let longer = [&bytes[..], &vec![0; more]].concat();
            assert_eq!(
                read::<DeliverArgs>(&longer),
                None,
                "{count} and {more} bytes"
            );
        }
    }
    assert_eq!(read::<DeliverArgs>(&deliver(11).1), None);
    assert_eq!(read::<DeliverArgs>(&deliver(1).1[..112]), None);
}

#[test]
fn an_instruction_is_its_tag_and_its_arguments() {
    let (args, bytes) = deliver(2);
    let data = instruction::Deliver { args }.data();
    assert_eq!(data, [&[9], &bytes[..]].concat());
    let (args, bytes) = create_record(&[7; 3]);
    let data = instruction::CreateRecord { args: args.into() }.data();
    assert_eq!(data, [&[1], &bytes[..]].concat());
    assert_eq!(instruction::ClosePurchase { _args: NoArgs {} }.data(), [11]);
    let args = SettleArgs {
        settle_secret: [7; 32],
    };
    let data = instruction::Settle { args }.data();
    assert_eq!(data, [&[12][..], &[7; 32]].concat());
}

/// The interface description has no words for what reaches to the end; its last step (`tests/spec`) goes by the name.
#[test]
fn capsules_have_a_definition_of_their_own() {
    let definition = Capsules::__idl_type_def().unwrap();
    assert!(
        definition.starts_with(r#"{"name":"Capsules","docs":["R' || C', 64 bytes for each"#),
        "{definition}"
    );
    assert!(
        definition.ends_with(r#"],"type":{"kind":"struct","fields":[]}}"#),
        "{definition}"
    );
}
