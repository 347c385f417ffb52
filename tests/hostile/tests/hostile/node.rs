//! The lying node itself: honest by default, and a liar as each test asks.

use std::sync::Arc;

use generion::{GenerionError, ID, state::User};
use generion_hostile_node_tests::{
    Asked, Node, PRICE, Person, Snapshot, Validator, edited, eventually,
    lies::{self, ClaimedStatus},
};
use generion_interface::{
    accounts::{LedgerAccount, RecordAccount},
    decode::Decoded,
};
use serde_json::{Value, json};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::VersionedMessage;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    config::{
        RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSendTransactionConfig, UiAccountEncoding,
    },
    filter::{Memcmp, RpcFilterType},
    request::RpcRequest,
};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

fn ask(node: &Node) -> RpcClient {
    RpcClient::new_with_commitment(node.url(), CommitmentConfig::confirmed())
}

/// The result of any method.
fn raw(rpc: &RpcClient, method: &'static str, parameters: Value) -> Result<Value, String> {
    rpc.send(RpcRequest::Custom { method }, parameters)
        .map_err(|error| error.to_string())
}

fn send(rpc: &RpcClient, transaction: &VersionedTransaction) -> Result<String, String> {
    let config = RpcSendTransactionConfig {
        skip_preflight: true,
        ..RpcSendTransactionConfig::default()
    };
    rpc.send_transaction_with_config(transaction, config)
        .map(|signature| signature.to_string())
        .map_err(|error| error.to_string())
}

/// The records that a list shows for an owner.
fn listed(rpc: &RpcClient, owner: &Address) -> Vec<Address> {
    let of =
        |offset, bytes: &[u8]| RpcFilterType::Memcmp(Memcmp::new_raw_bytes(offset, bytes.to_vec()));
    let config = RpcProgramAccountsConfig {
        filters: Some(vec![
            of(0, &RecordAccount::DISCRIMINATOR),
            of(32, owner.as_ref()),
        ]),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            ..RpcAccountInfoConfig::default()
        },
        with_context: Some(true),
        ..RpcProgramAccountsConfig::default()
    };
    let found = rpc
        .get_program_ui_accounts_with_config(&ID, config)
        .expect("a list");
    found.into_iter().map(|(address, _)| address).collect()
}

fn memo(text: &str) -> Instruction {
    let program = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr";
    Instruction::new_with_bytes(
        program.parse().expect("an address"),
        text.as_bytes(),
        vec![],
    )
}

fn two_people(validator: &Validator) -> (Person, Person) {
    (validator.user(), validator.user())
}

#[test]
fn an_honest_node_passes_everything_on_and_writes_it_down() {
    let validator = Validator::start();
    let node = Node::before(&validator);
    let rpc = ask(&node);
    assert_eq!(
        rpc.get_genesis_hash().unwrap().to_bytes(),
        validator.deployment.genesis.0
    );
    let (_, owner) = two_people(&validator);
    let record = validator.own_record(&owner);
    assert_eq!(listed(&rpc, &owner.address()), [record]);
    assert_eq!(
        rpc.get_account(&record).unwrap(),
        validator.account(&record).unwrap()
    );
    let transaction = validator.signed(&[memo("hello")], &[&owner.wallet]);
    let signature = send(&rpc, &transaction).unwrap().parse().unwrap();
    assert_eq!(validator.confirm(&signature), Ok(()));
    let error = raw(&rpc, "getAccountInfo", json!(["nonsense"])).unwrap_err();
    assert!(
        error.contains("-32602") || error.contains("Invalid"),
        "{error}"
    );

    assert_eq!(node.asked("sendTransaction"), 1);
    let captured = node.captured();
    assert_eq!(captured.len(), 1);
    assert_eq!(captured[0].signature(), Some(signature));
    assert_eq!(captured[0].transaction(), transaction);
    assert!(node.log().iter().all(|entry| entry.answer.is_some()));
}

/// A lie is the same however a client asks: by address, together with other addresses, in lists, and for a balance.
#[test]
fn a_node_shows_what_it_is_told_wherever_it_is_asked_for_it() {
    let validator = Validator::start();
    let node = Node::before(&validator);
    let rpc = ask(&node);
    let (one, other) = two_people(&validator);
    let (x, y) = (validator.own_record(&one), validator.own_record(&other));
    let true_y = validator.account(&y).unwrap();

    // Y's contents at X's address: the record is missing in its owner's list, and occurs twice in the other owner's
    // list.
    let swap = node.tell(lies::shows(x, true_y.clone()));
    assert_eq!(rpc.get_account(&x).unwrap(), true_y);
    assert_eq!(
        rpc.get_multiple_accounts(&[x, y]).unwrap(),
        [Some(true_y.clone()), Some(true_y.clone())]
    );
    assert_eq!(listed(&rpc, &one.address()), []);
    let mut both = vec![x, y];
    both.sort_unstable();
    assert_eq!(listed(&rpc, &other.address()), both);
    node.retract(swap);
    assert_eq!(listed(&rpc, &one.address()), [x]);

    // Nothing there.
    node.tell(lies::hides(x));
    assert!(rpc.get_account(&x).is_err());
    assert_eq!(rpc.get_balance(&x).unwrap(), 0);
    assert_eq!(listed(&rpc, &one.address()), []);
    node.be_honest();

    // Left out of the list alone.
    node.tell(lies::leaves_out(x));
    assert!(rpc.get_account(&x).is_ok());
    assert_eq!(listed(&rpc, &one.address()), []);
    node.be_honest();

    // An account that does not exist, with a newer lie on top.
    let nowhere = Address::new_unique();
    node.tell(lies::shows(nowhere, true_y.clone()));
    node.tell(lies::alters_account(nowhere, |account| {
        account.lamports = 7
    }));
    assert_eq!(rpc.get_balance(&nowhere).unwrap(), 7);
    assert!(listed(&rpc, &other.address()).contains(&nowhere));
    node.be_honest();

    // A field.
    let user = validator.instructions.addresses.user(&one.address());
    node.tell(lies::edits::<User>(user, |user| user.key_index = 9));
    let shown = rpc.get_account(&user).unwrap();
    let expected = edited::<User>(validator.account(&user).unwrap(), |user| user.key_index = 9);
    assert_eq!(shown, expected);
    assert_eq!(
        User::decode(&ID, &shown.owner, &shown.data)
            .unwrap()
            .key_index,
        9
    );
}

#[test]
fn a_frozen_node_stays_where_it_was_and_keeps_what_it_is_sent() {
    let validator = Validator::start();
    let node = Node::before(&validator);
    let rpc = ask(&node);
    let (one, other) = two_people(&validator);
    let before = validator.own_record(&one);
    let snapshot = Snapshot::take(&validator, &[other.address()]);
    let (slot, lamports) = (
        snapshot.slot("confirmed"),
        validator.lamports(&other.address()),
    );
    node.tell(snapshot.clone().frozen());

    let after = validator.own_record(&one);
    validator.lands(&[memo("costs a fee")], &[&other.wallet]);
    let is_past = || (validator.rpc.get_slot().unwrap() > slot + 2).then_some(());
    eventually("the ledger has gone on", is_past);

    assert_eq!(listed(&rpc, &one.address()), [before]);
    assert!(rpc.get_account(&after).is_err());
    assert_eq!(rpc.get_balance(&other.address()).unwrap(), lamports);
    assert_eq!(rpc.get_slot().unwrap(), slot);
    assert_eq!(rpc.get_epoch_info().unwrap(), rpc.get_epoch_info().unwrap());
    assert_eq!(
        rpc.get_latest_blockhash().unwrap(),
        rpc.get_latest_blockhash().unwrap()
    );
    let config =
        json!({ "encoding": "base64", "commitment": "confirmed", "minContextSlot": slot + 1 });
    let asked = json!([before.to_string(), config]);
    let error = raw(&rpc, "getAccountInfo", asked.clone()).unwrap_err();
    assert!(error.contains("-32016"), "{error}");
    // The liar claims to have reached that slot.
    node.tell(lies::reaches_every_slot());
    let answer = raw(&rpc, "getAccountInfo", asked).unwrap();
    assert_eq!(answer["context"]["slot"], slot + 1);

    let transaction = validator.signed(&[memo("never")], &[&one.wallet]);
    let signature = send(&rpc, &transaction).unwrap();
    assert_eq!(signature, transaction.signatures[0].to_string());
    node.be_honest();
    let statuses = rpc.get_signature_statuses(&transaction.signatures).unwrap();
    assert_eq!(statuses.value, [None]);

    // The same old state, claimed to be current.
    node.tell(snapshot.clone().replayed());
    assert_eq!(listed(&rpc, &one.address()), [before]);
    assert!(rpc.get_slot().unwrap() > slot);
    node.be_honest();
    // Only the finalized state is old.
    node.tell(snapshot.not_final_before(Arc::new(u64::MAX.into())));
    assert!(rpc.get_account(&after).is_ok());
    let finalized = CommitmentConfig::finalized();
    let shown = rpc.get_account_with_commitment(&after, finalized).unwrap();
    assert_eq!(shown.value, None);
}

#[test]
fn sends_are_dropped_refused_denied_cut_and_repeated() {
    let validator = Validator::start();
    let node = Node::before(&validator);
    let rpc = ask(&node);
    let payer = validator.wallet(1_000_000_000);
    let signed = |text: &str| validator.signed(&[memo(text)], &[&payer]);
    let has_landed = |transaction: &VersionedTransaction| {
        let statuses = validator
            .rpc
            .get_signature_statuses(&transaction.signatures);
        statuses.unwrap().value[0].is_some()
    };

    let dropped = signed("dropped");
    node.tell(lies::first(1, lies::drops_sends()));
    assert_eq!(
        send(&rpc, &dropped).unwrap(),
        dropped.signatures[0].to_string()
    );
    assert!(!has_landed(&dropped));
    // The second one is passed on.
    send(&rpc, &dropped).unwrap();
    assert_eq!(validator.confirm(&dropped.signatures[0]), Ok(()));
    node.be_honest();

    let refused = signed("refused");
    node.tell(lies::refuses_sends());
    let error = send(&rpc, &refused).unwrap_err();
    assert!(error.contains("Node is behind"), "{error}");
    assert!(!has_landed(&refused));
    node.be_honest();

    let denied = signed("denied");
    node.tell(lies::denies_sends());
    send(&rpc, &denied).unwrap_err();
    assert_eq!(validator.confirm(&denied.signatures[0]), Ok(()));
    node.be_honest();

    let cut = signed("cut");
    node.tell(lies::hangs_up_on_sends());
    send(&rpc, &cut).unwrap_err();
    assert!(!has_landed(&cut));
    node.be_honest();

    let repeated = signed("repeated");
    node.tell(lies::repeats_sends(2));
    send(&rpc, &repeated).unwrap();
    assert_eq!(validator.confirm(&repeated.signatures[0]), Ok(()));

    let texts: Vec<_> = node.captured().iter().map(memo_of).collect();
    assert_eq!(
        texts,
        ["dropped", "dropped", "refused", "denied", "cut", "repeated"]
    );
    // The node can still send what it kept.
    let kept = node.captured().swap_remove(2);
    assert_eq!(validator.execute(&kept.transaction()), Ok(()));
}

fn memo_of(captured: &generion_hostile_node_tests::Captured) -> String {
    let instruction = &captured.message.instructions()[0];
    String::from_utf8_lossy(&instruction.data).into_owned()
}

#[test]
fn what_is_simulated_or_asked_the_fee_of_is_captured_too() {
    let validator = Validator::start();
    let node = Node::before(&validator);
    let rpc = ask(&node);
    let (clinic, owner) = two_people(&validator);
    let record = validator.new_record(&clinic, &owner);
    let create = validator.create_record(&clinic, &owner, &record);
    let transaction = validator.signed(&[create], &[&clinic.wallet]);
    rpc.simulate_transaction(&transaction).unwrap();
    let VersionedMessage::Legacy(message) = &transaction.message else {
        panic!("it is a legacy message")
    };
    rpc.get_fee_for_message(message).unwrap();
    send(&rpc, &transaction).unwrap();
    assert_eq!(validator.confirm(&transaction.signatures[0]), Ok(()));

    let captured = node.captured();
    let asked: Vec<_> = captured.iter().map(|captured| captured.asked).collect();
    assert_eq!(asked, [Asked::ToSimulate, Asked::ForTheFee, Asked::ToSend]);
    for captured in &captured {
        let decoded = captured.decoded();
        assert!(
            matches!(&decoded[..], [Decoded::CreateRecord(create)] if create.record == record.address),
            "{decoded:?}"
        );
    }
    let is_share = |decoded: &Decoded| matches!(decoded, Decoded::ShareRecord(_));
    assert!(!node.log()[0].question.carries(is_share));

    let rule = GenerionError::AccountAlreadyExists.code();
    node.tell(lies::fails_simulations(rule));
    let told = rpc.simulate_transaction(&transaction).unwrap().value;
    assert!(
        told.err
            .unwrap()
            .to_string()
            .contains(&format!("{rule:#x}"))
    );
}

#[test]
fn statuses_heights_hashes_and_histories_are_what_the_node_says() {
    let validator = Validator::start();
    let node = Node::before(&validator);
    let rpc = ask(&node);
    let payer = validator.wallet(1_000_000_000);
    let confirmed = validator.signed(&[memo("landed")], &[&payer]);
    assert_eq!(validator.execute(&confirmed), Ok(()));
    let signature = confirmed.signatures[0];
    let status = || {
        let statuses = rpc.get_signature_statuses(&[signature, signature]).unwrap();
        let [one, other] = &statuses.value[..] else {
            panic!("two statuses")
        };
        assert_eq!(one, other);
        one.clone().map(|status| status.status.is_ok())
    };
    assert_eq!(status(), Some(true));
    let rule = GenerionError::OrderLength.code();
    node.tell(lies::claims_status(ClaimedStatus::Failure(rule)));
    assert_eq!(status(), Some(false));
    let config = json!([signature.to_string(), { "encoding": "base64" }]);
    let shown = raw(&rpc, "getTransaction", config.clone()).unwrap();
    assert_eq!(shown["meta"]["err"]["InstructionError"][1]["Custom"], rule);
    node.tell(lies::claims_status(ClaimedStatus::Absent));
    assert_eq!(status(), None);
    assert_eq!(
        raw(&rpc, "getTransaction", config.clone()).unwrap(),
        Value::Null
    );
    node.be_honest();
    let other = signature.to_string();
    node.tell(lies::claims_status_of(
        ClaimedStatus::Absent,
        move |asked| asked != other,
    ));
    assert_eq!(status(), Some(true));
    node.be_honest();

    node.tell(lies::forgets_transactions(|_| true));
    assert_eq!(
        rpc.get_signatures_for_address(&payer.pubkey())
            .unwrap()
            .len(),
        0
    );
    assert_eq!(
        raw(&rpc, "getTransaction", config.clone()).unwrap(),
        Value::Null
    );
    node.be_honest();
    node.tell(lies::logs(|lines| lines.push(lies::event_line(b"event"))));
    let shown = raw(&rpc, "getTransaction", config).unwrap();
    let lines = shown["meta"]["logMessages"].as_array().unwrap();
    assert_eq!(lines.last().unwrap(), "Program data: ZXZlbnQ=");
    node.be_honest();

    node.tell(lies::heights(|height| height + 1_000_000));
    assert!(rpc.get_block_height().unwrap() > 1_000_000);
    assert!(rpc.get_epoch_info().unwrap().block_height > 1_000_000);
    node.tell(lies::slots(|slot| slot + 5_000_000));
    assert!(rpc.get_slot().unwrap() > 5_000_000);
    let of_a_read = rpc.get_account_with_commitment(&payer.pubkey(), CommitmentConfig::confirmed());
    assert!(of_a_read.unwrap().context.slot > 5_000_000);
    node.tell(lies::block_hash(Hash::new_from_array([9; 32]), 77));
    let (hash, last) = rpc
        .get_latest_blockhash_with_commitment(CommitmentConfig::confirmed())
        .unwrap();
    assert_eq!((hash.to_bytes(), last), ([9; 32], 77));
    node.tell(lies::block_hashes_are_valid(true));
    assert!(
        rpc.is_blockhash_valid(&hash, CommitmentConfig::confirmed())
            .unwrap()
    );
    node.tell(lies::genesis(Hash::new_from_array([8; 32])));
    assert_eq!(rpc.get_genesis_hash().unwrap().to_bytes(), [8; 32]);
    node.tell(lies::clock(|time| time - PRICE as i64));
    let clock = rpc.get_account(&solana_sdk_ids::sysvar::clock::ID).unwrap();
    let time = i64::from_le_bytes(clock.data[32..40].try_into().unwrap());
    assert!(time < validator.unix_time() - PRICE as i64 + 60);

    node.tell(lies::is_down());
    assert!(rpc.get_slot().is_err());
}
