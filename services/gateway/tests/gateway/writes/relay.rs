//! Signed transactions: which are relayed, that each lands once, and what is said of it.

use std::sync::Arc;

use generion_gateway::{config::Config, relay::check::LIGHTHOUSE};
use generion_test_support::{Chain, Person};
use serde_json::{Value, json};
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_message::{
    AddressLookupTableAccount, VersionedMessage,
    v0::{self, MessageAddressTableLookup},
};
use solana_rpc_client_api::request::RpcRequest;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::{Transaction, versioned::VersionedTransaction};

use crate::support::{
    front::front,
    ledger::{World, decoded, encoded, first_key, node_url, signed},
};

/// A person without a key, and the signed transaction that publishes it.
pub(super) fn key_of(chain: &Chain) -> (Person, VersionedTransaction) {
    let person = chain.person();
    let publish = chain.set_encryption_key(&person);
    let transaction = chain.signed(&[publish], &[&person.wallet]);
    (person, transaction)
}

/// The same transaction at the same time and again later lands once, and each is answered alike. Its state can be asked for.
#[test]
fn a_transaction_that_is_sent_again_lands_once() {
    let world = World::new();
    let person = world.chain.person();
    let built = world.built("/v1/users", &first_key(&person));
    let signed = signed(&built, &[&person.wallet]);
    let signature = decoded(&signed).signatures[0].to_string();
    assert_eq!(
        world.outcome(&signature),
        Err((404, "not_found".to_owned()))
    );
    let before = world.chain.lamports(&person.address());
    let body = json!({ "transaction": signed });
    let answers = world.runtime.block_on(async {
        let url = format!("{}/v1/transactions", world.gateway.url);
        let send = async || {
            let answer = world
                .gateway
                .client
                .post(&url)
                .json(&body)
                .send()
                .await
                .unwrap();
            (
                answer.status().as_u16(),
                answer.json::<Value>().await.unwrap(),
            )
        };
        tokio::join!(send(), send(), send())
    });
    let (status, first) = answers.0;
    assert_eq!(
        (status, &first["status"]),
        (200, &json!("confirmed")),
        "{first}"
    );
    assert_eq!(first["signature"], signature);
    for again in [
        answers.1,
        answers.2,
        world.send(&signed),
        world.send(&signed),
    ] {
        assert_eq!(again, (200, first.clone()));
    }
    assert_eq!(world.outcome(&signature), Ok(first.clone()));
    let fee: u64 = first["fee"].as_str().unwrap().parse().unwrap();
    let rent: u64 = built["cost"]["rent"].as_str().unwrap().parse().unwrap();
    assert_eq!(world.chain.lamports(&person.address()), before - fee - rent);
    let listed = world
        .chain
        .rpc
        .get_signatures_for_address(&person.address())
        .unwrap();
    assert_eq!(
        listed
            .iter()
            .filter(|one| one.signature == signature)
            .count(),
        1
    );
}

/// What failed on the ledger is answered with the rule that it broke, again and again; what can no longer land, as expired.
#[test]
fn failed_and_expired_transactions_are_told() {
    let world = World::new();
    let chain = &world.chain;
    let (clinic, patient) = (chain.person(), chain.user());
    let record = chain.new_record(&clinic, &patient);
    chain.lands(
        &[chain.create_record(&clinic, &patient, &record)],
        &[&clinic.wallet],
    );
    let path = format!("/v1/records/{}/verify", record.address);
    let verify = |price: u64| {
        let body = json!({
            "owner": patient.address().to_string(),
            "fee": { "unit_price": price.to_string() },
        });
        signed(&world.built(&path, &body), &[&patient.wallet])
    };
    let (first, second) = (verify(0), verify(1));
    assert_eq!(world.send(&first).1["status"], "confirmed");
    let (status, failed) = world.send(&second);
    assert_eq!(status, 200);
    assert_eq!(
        (&failed["status"], &failed["code"]),
        (&json!("failed"), &json!("AlreadyVerified")),
        "{failed}"
    );
    assert!(
        failed["detail"]
            .as_str()
            .unwrap()
            .contains("verified already"),
        "{failed}"
    );
    assert_eq!(world.send(&second), (200, failed.clone()));
    assert_eq!(
        world.outcome(failed["signature"].as_str().unwrap()),
        Ok(failed)
    );

    // A block hash that no node knows any more, or never knew.
    let person = chain.person();
    let publish = chain.set_encryption_key(&person);
    let payer = Some(person.address());
    let hash = Hash::new_from_array([7; 32]);
    let expired =
        Transaction::new_signed_with_payer(&[publish], payer.as_ref(), &[&person.wallet], hash);
    let (status, answer) = world.send(&encoded(&expired.into()));
    assert_eq!(
        (status, &answer["status"]),
        (200, &json!("expired")),
        "{answer}"
    );
    assert_eq!(answer["slot"], Value::Null);
    assert_eq!(
        chain.find::<generion::state::User>(&chain.instructions.addresses.user(&person.address())),
        None
    );
}

/// The secret of a settlement is shown to nobody before the ledger has it: the gateway gives the transaction to all its nodes
/// at once, and lets none of them simulate it, as it lets none simulate any other.
#[test]
fn a_settlement_goes_to_all_nodes_and_is_never_simulated() {
    let fronts = Arc::new(std::sync::OnceLock::new());
    let kept = fronts.clone();
    let world = World::with(move |config, url| {
        let pair = kept.get_or_init(|| [front(url, |_| None), front(url, |_| None)]);
        Config {
            nodes: pair.iter().map(|front| node_url(&front.url())).collect(),
            ..config
        }
    });
    let chain = &world.chain;
    let (seller, buyer) = (chain.user(), chain.user());
    let (_, purchase) = chain.sold(&seller, &buyer, 1);
    let secret = chain.lock(&seller, &seller, &purchase);
    let settle = chain.signed(&[chain.settle(&purchase, &secret)], &[&seller.wallet]);
    let (status, answer) = world.send(&encoded(&settle));
    assert_eq!(
        (status, &answer["status"]),
        (200, &json!("confirmed")),
        "{answer}"
    );
    for front in fronts.get().unwrap() {
        let sent = front.asked("sendTransaction");
        assert!(!sent.is_empty());
        assert!(
            sent.iter()
                .all(|parameters| parameters[1]["skipPreflight"] == true),
            "{sent:?}"
        );
        assert!(!front.methods().contains("simulateTransaction"));
    }
}

/// A transaction that does something else beside what is Generion's is not relayed, however it is disguised.
#[test]
fn transactions_that_move_something_else_are_not_relayed() {
    let world = World::new();
    let chain = &world.chain;
    let (thief, victim) = (Keypair::new(), chain.person());
    let publish = chain.set_encryption_key(&victim);
    let from = victim.address();
    let with = |others: &[Instruction]| {
        let instructions = [others, std::slice::from_ref(&publish)].concat();
        chain.signed(&instructions, &[&victim.wallet])
    };
    let of_program = |program_id: Address, data: &[u8]| Instruction {
        program_id,
        accounts: vec![AccountMeta::new(from, true)],
        data: data.to_vec(),
    };
    let own = chain.instructions.addresses.program_id;
    for others in [
        // A transfer before, or after a guard.
        vec![transfer(&from, &thief.pubkey(), 1_000_000)],
        vec![
            of_program(LIGHTHOUSE, &[2, 0]),
            transfer(&from, &thief.pubkey(), 1),
        ],
        // A guard that writes, or is none.
        vec![of_program(LIGHTHOUSE, &[0])],
        vec![of_program(LIGHTHOUSE, &[])],
        // Another program with the data of one of ours, and ours with data that it does not know.
        vec![Instruction {
            program_id: thief.pubkey(),
            ..publish.clone()
        }],
        vec![of_program(own, &[200])],
        vec![of_program(own, &[])],
    ] {
        assert_eq!(
            world.not_relayed(&with(&others)),
            "foreign_instruction",
            "{others:?}"
        );
    }
    let only_transfer = chain.signed(&[transfer(&from, &thief.pubkey(), 1)], &[&victim.wallet]);
    assert_eq!(world.not_relayed(&only_transfer), "foreign_instruction");
    let nothing = chain.signed(
        &[ComputeBudgetInstruction::set_compute_unit_limit(9)],
        &[&victim.wallet],
    );
    assert_eq!(world.not_relayed(&nothing), "instruction_count");
    let verify = chain.instructions.verify_record(from, thief.pubkey());
    let many = chain.signed(&vec![verify; 9], &[&victim.wallet]);
    assert_eq!(world.not_relayed(&many), "instruction_count");
    for budget in [
        vec![ComputeBudgetInstruction::set_compute_unit_price(u64::MAX)],
        vec![ComputeBudgetInstruction::set_compute_unit_price(1); 2],
        vec![of_program(solana_sdk_ids::compute_budget::ID, &[9])],
    ] {
        assert_eq!(
            world.not_relayed(&with(&budget)),
            "priority_fee",
            "{budget:?}"
        );
    }
    assert_eq!(chain.lamports(&thief.pubkey()), 0);
    assert_eq!(
        chain.find::<generion::state::User>(&chain.instructions.addresses.user(&from)),
        None
    );
}

/// Bytes that are no transaction, hide accounts, or lack a signature.
#[test]
fn unreadable_and_unsigned_transactions_are_not_relayed() {
    let world = World::new();
    let (person, transaction) = key_of(&world.chain);
    for bytes in [json!(""), json!("AAAA"), json!("A".repeat(4 * 411))] {
        let body = json!({ "transaction": bytes });
        assert_eq!(
            world.code("/v1/transactions", &body),
            "invalid_transaction",
            "{body}"
        );
    }
    for body in [
        json!({}),
        json!([]),
        json!({ "transaction": "-" }),
        json!({ "transaction": 1 }),
    ] {
        assert_eq!(
            world.code("/v1/transactions", &body),
            "invalid_body",
            "{body}"
        );
    }
    // Its accounts may be anybody's.
    let publish = world.chain.set_encryption_key(&person);
    let hash = *transaction.message.recent_blockhash();
    let table = AddressLookupTableAccount {
        key: Address::new_from_array([4; 32]),
        addresses: vec![publish.accounts[2].pubkey],
    };
    let message = v0::Message::try_compile(&person.address(), &[publish], &[table], hash).unwrap();
    let lookups: &[MessageAddressTableLookup] = &message.address_table_lookups;
    assert!(!lookups.is_empty());
    let hidden =
        VersionedTransaction::try_new(VersionedMessage::V0(message), &[&person.wallet]).unwrap();
    assert_eq!(world.not_relayed(&hidden), "invalid_transaction");

    let mut unsigned = transaction.clone();
    unsigned.signatures[0] = Signature::default();
    assert_eq!(world.not_relayed(&unsigned), "signature_missing");
    let mut forged = transaction.clone();
    forged.signatures[0] = Keypair::new().sign_message(&transaction.message.serialize());
    assert_eq!(world.not_relayed(&forged), "signature_wrong");
    assert_eq!(world.outcome("x"), Err((400, "invalid_path".to_owned())));
}

/// Puts a program that takes any text at an address.
pub(super) fn put_a_program_at(chain: &Chain, address: &Address) {
    let memo = Address::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
    let program = chain.account(&memo).expect("the node has this program");
    let account = json!({
        "lamports": program.lamports,
        "owner": program.owner.to_string(),
        "executable": true,
        "data": hex::encode(program.data),
    });
    let method = RpcRequest::Custom {
        method: "surfnet_setAccount",
    };
    let parameters = json!([address.to_string(), account]);
    chain
        .rpc
        .send::<Value>(method, parameters)
        .expect("the account is set");
}

/// The comparisons that wallets add as guards are relayed and land, and so do programs that the operator names.
#[test]
fn guards_and_named_programs_are_relayed() {
    let named = Address::new_from_array([8; 32]);
    let world = World::with(|mut config, _| {
        config.relay.other_programs.push(named);
        config
    });
    for (program_id, data) in [(LIGHTHOUSE, vec![5, 0]), (named, vec![0])] {
        put_a_program_at(&world.chain, &program_id);
        let (person, _) = key_of(&world.chain);
        let guard = Instruction {
            program_id,
            accounts: vec![],
            data,
        };
        let publish = world.chain.set_encryption_key(&person);
        let transaction = world.chain.signed(&[guard, publish], &[&person.wallet]);
        let (status, answer) = world.send(&encoded(&transaction));
        assert_eq!(
            (status, &answer["status"]),
            (200, &json!("confirmed")),
            "{answer}"
        );
        assert_eq!(
            world.chain.user_of(&person).encryption_key,
            person.key().to_bytes()
        );
    }
}
