//! A selection of refused transactions, each by its error: a real runtime, loader and node agree with the VM.

use std::time::Duration;

use generion::{GenerionError, PurchaseArgs, SettleArgs, ShareRecordArgs};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use generion_test_support::{PRICE, within};
use generion_validator_tests::{ValidatorChain, is_ours};
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signer::Signer;

/// 150 slots take a minute, or more on a slow machine.
const EXPIRY: Duration = Duration::from_secs(180);
/// Anchor's `ConstraintMut`.
const NOT_WRITABLE: InstructionError = InstructionError::Custom(2000);

#[test]
fn of_keys_and_records() {
    let chain = ValidatorChain::open();
    let (clinic, patient) = (chain.person(), chain.user());

    let wallet = clinic.address();
    let mut args = clinic.published_key();
    args.encryption_key = [0xff; 32];
    let no_point = chain.instructions.set_encryption_key(wallet, wallet, args);
    chain.breaks(no_point, &[&clinic.wallet], GenerionError::InvalidPoint);

    // Two transactions publish the same key: the second one finds that it exists.
    let again = chain.set_encryption_key(&patient);
    chain.breaks(again, &[&patient.wallet], GenerionError::KeyIndexChanged);

    let record = chain.new_record(&clinic, &patient);
    let create = chain.create_record(&clinic, &patient, &record);
    // The proof belongs to the clinic, and nobody else can create the record with it. For another creator the address
    // also differs, so this is about the proof.
    let stolen = chain.create_record(&patient, &patient, &record);
    chain.breaks(
        stolen,
        &[&patient.wallet],
        GenerionError::CapsuleProofInvalid,
    );
    let read_only = {
        let mut create = create.clone();
        create.accounts[3].is_writable = false;
        create
    };
    chain.refuses(&[read_only], &[&clinic.wallet], 0, NOT_WRITABLE);
    chain.lands(std::slice::from_ref(&create), &[&clinic.wallet]);
    // The same contents, at the same address.
    chain.breaks(
        create.clone(),
        &[&clinic.wallet],
        GenerionError::AccountAlreadyExists,
    );
    // Other contents at the same address.
    let mut other = chain.create_record(&clinic, &patient, &chain.new_record(&clinic, &patient));
    other.accounts[3].pubkey = record.address;
    chain.refuses(
        &[other],
        &[&clinic.wallet],
        0,
        InstructionError::InvalidSeeds,
    );

    let share = |owner: &generion_test_support::Person| {
        let args = ShareRecordArgs {
            key_index: patient.key_index,
            capsule: record.args.capsule,
            expires_at: 0,
        };
        let owner = owner.address();
        chain
            .instructions
            .share_record(owner, owner, record.address, &patient.address(), args)
    };
    chain.breaks(
        share(&patient),
        &[&patient.wallet],
        GenerionError::NotVerified,
    );
    let verify = |owner| chain.instructions.verify_record(owner, record.address);
    let foreign = verify(clinic.address());
    chain.breaks(foreign, &[&clinic.wallet], GenerionError::WrongOwner);
    chain.lands(&[verify(patient.address())], &[&patient.wallet]);
    let again = verify(patient.address());
    chain.breaks(again, &[&patient.wallet], GenerionError::AlreadyVerified);
    chain.breaks(share(&clinic), &[&clinic.wallet], GenerionError::WrongOwner);

    let state = chain.read::<RecordAccount>(&record.address).state;
    let delete = |authority| {
        chain
            .instructions
            .delete_record(authority, record.address, &state)
    };
    let by_creator = delete(clinic.address());
    chain.breaks(
        by_creator,
        &[&clinic.wallet],
        GenerionError::DeleteNotAllowed,
    );
    let (sell, _) = chain.create_order(&patient, &[record.address]);
    chain.lands(&[sell], &[&patient.wallet]);
    let listed = delete(patient.address());
    chain.breaks(listed, &[&patient.wallet], GenerionError::RecordListed);
}

#[test]
fn of_orders_and_purchases() {
    let chain = ValidatorChain::open();
    let (seller, buyer, stranger) = (chain.user(), chain.person(), chain.person());
    let records = chain.own_records(&seller, 2);
    let (unsorted, _) = chain.create_order(&seller, &[records[1], records[0]]);
    chain.breaks(unsorted, &[&seller.wallet], GenerionError::RecordOrder);
    let (create, order) = chain.create_order(&seller, &records);
    chain.lands(&[create], &[&seller.wallet]);

    let (own, _) = chain.purchase(&seller, &order);
    chain.breaks(own, &[&seller.wallet], GenerionError::OwnOrder);
    // The buyer saw another price.
    let (buy, purchase) = chain.purchase(&buyer, &order);
    let mut shown: OrderAccount = chain.read(&order);
    shown.state.price = PRICE - 1;
    let cheaper = PurchaseArgs {
        buyer_key: buyer.purchase_secret(&order).public_key().to_bytes(),
        terms: shown.terms(&order),
    };
    let cheaper = chain.instructions.purchase(buyer.address(), order, cheaper);
    chain.breaks(cheaper, &[&buyer.wallet], GenerionError::TermsChanged);
    chain.lands(std::slice::from_ref(&buy), &[&buyer.wallet]);
    chain.breaks(buy, &[&buyer.wallet], GenerionError::AccountAlreadyExists);

    let state = chain.read::<PurchaseAccount>(&purchase).state;
    let early = chain
        .instructions
        .refund(stranger.address(), purchase, &state);
    chain.breaks(early, &[&stranger.wallet], GenerionError::RefundTooEarly);
    let close = |buyer| chain.instructions.close_purchase(buyer, purchase);
    chain.breaks(
        close(buyer.address()),
        &[&buyer.wallet],
        GenerionError::NotSettled,
    );
    let foreign = close(stranger.address());
    chain.breaks(foreign, &[&stranger.wallet], GenerionError::WrongBuyer);
    let OrderAccount { state, records } = chain.read(&order);
    let mut foreign = chain.instructions.close_order(order, &state, &records);
    foreign.accounts[0].pubkey = stranger.address();
    chain.breaks(foreign, &[&stranger.wallet], GenerionError::WrongSeller);
}

#[test]
fn of_deliveries() {
    let chain = ValidatorChain::open();
    let (seller, buyer, rival) = (chain.user(), chain.person(), chain.person());
    let (order, purchase) = chain.sold(&seller, &buyer, 2);
    let (buy, other) = chain.purchase(&rival, &order);
    chain.lands(&[buy], &[&rival.wallet]);

    // A proof for the rival's purchase, used for this one.
    let for_rival = chain.prove_batch(&seller, &chain.sale(&other), 0..2);
    let stolen = chain.deliver(&purchase, 0, &for_rival);
    let invalid = GenerionError::DeliveryProofInvalid;
    chain.breaks(stolen, &[&rival.wallet], invalid);

    let delivery = chain.prove_batch(&seller, &chain.sale(&purchase), 0..1);
    let deliver = chain.deliver(&purchase, 0, &delivery);
    let mut short = deliver.clone();
    short.accounts.truncate(2);
    chain.breaks(short, &[&rival.wallet], GenerionError::BatchLength);
    chain.lands(std::slice::from_ref(&deliver), &[&rival.wallet]);
    chain.breaks(deliver, &[&rival.wallet], GenerionError::AlreadyDelivered);
    let early = chain.settle(&purchase, &chain.settle_secret(&seller, &purchase));
    chain.breaks(early, &[&rival.wallet], GenerionError::NotLocked);
    let rest = chain.prove_batch(&seller, &chain.sale(&purchase), 1..2);
    let rest = chain.deliver(&purchase, 1, &rest);
    chain.lands(std::slice::from_ref(&rest), &[&rival.wallet]);
    chain.breaks(
        rest.clone(),
        &[&rival.wallet],
        GenerionError::AlreadyDelivered,
    );

    // The purchase is locked: the seller can't decline it any more, and only the seller's secret settles it.
    let state = chain.read::<PurchaseAccount>(&purchase).state;
    let decline = chain
        .instructions
        .refund(seller.address(), purchase, &state);
    chain.breaks(decline, &[&seller.wallet], GenerionError::RefundTooEarly);
    let guess = SettleArgs {
        settle_secret: *chain.settle_secret(&seller, &other).to_bytes(),
    };
    let guess = chain.instructions.settle(purchase, &state, guess);
    chain.breaks(guess, &[&rival.wallet], GenerionError::SettleKeyInvalid);
    let settle = chain.settle(&purchase, &chain.settle_secret(&seller, &purchase));
    chain.lands(std::slice::from_ref(&settle), &[&rival.wallet]);
    chain.breaks(settle, &[&rival.wallet], GenerionError::AlreadySettled);
    chain.breaks(rest, &[&rival.wallet], GenerionError::AlreadySettled);
}

/// If one of several instructions fails, none of them takes effect.
#[test]
fn of_a_whole_transaction() {
    let chain = ValidatorChain::open();
    let patient = chain.user();
    let record = chain.new_record(&patient, &patient);
    let create = chain.create_record(&patient, &patient, &record);
    let verify = chain
        .instructions
        .verify_record(patient.address(), record.address);
    let code = generion_test_support::rule_broken(GenerionError::AlreadyVerified);
    chain.refuses(&[create.clone(), verify], &[&patient.wallet], 1, code);
    assert_eq!(chain.lamports(&record.address), 0);
    assert_eq!(chain.user_of(&patient).record_count, 0);
    chain.lands(&[create], &[&patient.wallet]);
}

/// A VM without signature checks would accept this transaction. `generion-localnet` refuses it; Agave accepts it without
/// preflight and drops it later, which is certain when its block hash has expired.
#[test]
fn of_a_signature_that_is_not_the_wallets() {
    let chain = ValidatorChain::open();
    let (patient, thief) = (chain.user(), Keypair::new());
    chain.give(&thief.pubkey(), generion_test_support::SOL);
    let record = chain.new_record(&patient, &patient);
    let create: Instruction = chain.create_record(&patient, &patient, &record);
    let mut forged = chain.signed(&[create], &[&patient.wallet]);
    forged.signatures[0] = thief.sign_message(&forged.message.serialize());
    for skip_preflight in [false, true] {
        let config = RpcSendTransactionConfig {
            skip_preflight,
            // The block hash is of a confirmed block, which may not be final yet.
            preflight_commitment: Some(chain.rpc.commitment().commitment),
            ..RpcSendTransactionConfig::default()
        };
        match chain.rpc.send_transaction_with_config(&forged, config) {
            Err(error) => {
                let error = error.to_string().to_lowercase();
                assert!(error.contains("signature"), "{error}");
            }
            Ok(_) if skip_preflight && !is_ours() => {
                within(EXPIRY, "the block hash expires", || {
                    let hash = forged.message.recent_blockhash();
                    let commitment = chain.rpc.commitment();
                    let valid = chain.rpc.is_blockhash_valid(hash, commitment).unwrap();
                    (!valid).then_some(())
                })
            }
            Ok(signature) => panic!("{signature} was accepted"),
        }
    }
    assert_eq!(chain.lamports(&record.address), 0);
}
