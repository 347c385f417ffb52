//! A server spawns flows on a runtime of several threads: that takes futures that are `Send`.

use std::{collections::BTreeSet, fs, future::Future, path::Path};

use futures::Stream;
use generion_client::{
    AccountToCreate, Agent, Applicant, BatchDocument, BatchPlan, Belief, BuyOptions, Card, Client,
    Confidential, ContentKey, Disclosing, DocumentFile, Filter, JoinOptions, Joined, Journal,
    KeySource, KeyedAccount, Ledger, LinkKeys, Locator, Marker, NewDocument, NewLink, NewOrder,
    NewStudy, OwnLink, Participant, Placeholder, Prepared, Recipient, RecordHead, Sale,
    SendOptions, Settler, Signed, StagedFile, StoreUrl, Watched,
    accounts::{ApplicationAccount, RecordAccount, StudyAccount},
    crypto::{document::CiphertextDigest, health_link::HealthLink, keys::StudySecret},
    rpc::node::Node,
    store::{FetchPolicy, LinkId, LinkNote, StoreClient, StoreMap},
    studies::description::DescriptionFile,
};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signature::Signature;
use solana_signer::Signer;
use url::Url;

fn is_send<T>(_: impl Future<Output = T> + Send) {}

fn stream_is_send<T>(_: impl Stream<Item = T> + Send) {}

type Wallet<'a> = &'a (dyn Signer + Sync);

/// Compiling this is the test.
#[allow(dead_code, clippy::too_many_arguments)]
mod compiles {
    use super::*;

    fn records(
        client: &Client,
        wallet: Wallet,
        keys: &dyn KeySource,
        document: &NewDocument,
        file: &DocumentFile,
        card: &Card,
        address: &Address,
        path: &Path,
        staged: &StagedFile,
        locator: &Locator,
    ) {
        is_send(client.create_record(wallet, wallet, document, Some(card)));
        is_send(DocumentFile::from_reader(path, tokio::io::empty()));
        is_send(client.create_record_from(wallet, wallet, document, file, Some(card)));
        is_send(client.create_record_with_copy(wallet, wallet, document, file, Some(card), None));
        is_send(client.compare_copy(keys, address, address));
        is_send(client.record_placeholder(wallet, wallet, document, None));
        is_send(client.check_record(keys, address, address, path));
        is_send(client.check_record_into(keys, address, address, staged));
        is_send(client.open_record(keys, address, path));
        is_send(client.open_record_into(keys, address, staged));
        is_send(client.open_locator(keys, address));
        is_send(client.record_facts(keys, address));
        is_send(client.delete_record(wallet, wallet, address));
        is_send(client.reveal(keys, address));
        is_send(client.document_status(locator));
        is_send(client.erase_document(locator, wallet));
    }

    fn users_and_shares(
        client: &Client,
        wallet: Wallet,
        keys: &dyn KeySource,
        recipient: &Recipient,
        address: &Address,
        path: &Path,
        staged: &StagedFile,
    ) {
        is_send(client.publish_key(wallet, wallet));
        is_send(client.own_key(keys));
        is_send(client.next_key_index(address));
        is_send(client.recipient(address));
        is_send(client.user_card(address));
        is_send(client.share_record(wallet, keys, wallet, address, recipient, 0));
        is_send(client.open_share(keys, address, path));
        is_send(client.open_share_into(keys, address, staged));
        is_send(client.revoke_share(wallet, wallet, address));
    }

    fn links(
        client: &Client,
        wallet: Wallet,
        owner: &dyn KeySource,
        keys: &LinkKeys,
        new: &NewLink,
        store: &StoreUrl,
        own: &OwnLink,
        link: &HealthLink,
        staged: &StagedFile,
    ) {
        is_send(client.link_keys(owner, true));
        is_send(client.create_link(owner, keys, new, Some(wallet)));
        is_send(client.links(keys, store));
        is_send(client.revoke_link(keys, own));
        is_send(client.open_link_into(link, "a doctor", staged));
    }

    fn files_of_links(
        store: &StoreClient,
        at: &StoreUrl,
        url: &Url,
        id: LinkId,
        file: &[u8],
        note: &LinkNote,
        wallet: Wallet,
        address: &Address,
        policy: &FetchPolicy,
    ) {
        is_send(store.upload_link(url, id, file.to_vec().into(), note, wallet, address));
        is_send(store.list_links(at, wallet));
        is_send(store.erase_link(url, id, wallet));
        is_send(store.fetch_link(url, "a doctor", policy));
    }

    fn orders(
        client: &Client,
        wallet: Wallet,
        keys: &dyn KeySource,
        order: &NewOrder,
        options: &BuyOptions,
        address: &Address,
        path: &Path,
    ) {
        is_send(client.create_order(wallet, keys, wallet, order));
        is_send(client.close_order(wallet, wallet, address));
        is_send(client.order_records(address));
        is_send(client.listed_records(&[*address]));
        is_send(client.offer(address, address, options));
        is_send(client.open_purchase(wallet, address, path, path));
        is_send(client.open_purchase_into(wallet, address, path, path, |_, _| Ok(())));
        is_send(client.refund(wallet, address));
        is_send(client.export_keys(wallet, address, path));
    }

    fn sales(
        client: &Client,
        wallet: Wallet,
        keys: &dyn KeySource,
        sale: &Sale,
        belief: Belief,
        settler: &Settler,
        marker: &Marker,
        address: &Address,
    ) {
        is_send(client.believed_offer(address, belief));
        is_send(client.sale(keys, address, belief));
        is_send(client.deliver(keys, wallet, sale).send());
        is_send(client.check_lock(sale, address, 1));
        is_send(client.check_settle(sale));
        is_send(client.settle(keys, sale, settler, |_| {}));
        is_send(client.resume_settlements(keys, settler, |_, _| {}));
        is_send(client.resume_settlement(keys, marker, settler, |_| {}));
    }

    fn sponsors(
        client: &Client,
        wallet: Wallet,
        file: &DescriptionFile,
        new: &NewStudy,
        study: &KeyedAccount<StudyAccount>,
        secret: &StudySecret,
        application: KeyedAccount<ApplicationAccount>,
        applicant: &Applicant,
        address: &Address,
        path: &Path,
    ) {
        is_send(client.next_study(address));
        is_send(client.create_study(wallet, wallet, file, new));
        is_send(client.budget(address, &study.account.state));
        is_send(client.budgets(&[]));
        is_send(client.fund_study(wallet, address, 1));
        is_send(client.update_study(wallet, address, None));
        is_send(client.withdraw_budget(wallet, 0, None));
        is_send(client.close_study(wallet, address));
        is_send(client.save_seat_receipt(address, address, path));
        is_send(client.applications(address));
        is_send(client.check_application(study, secret, application));
        is_send(client.has_ciphertexts(applicant));
    }

    fn participants(
        client: &Client,
        participant: Participant,
        file: &DescriptionFile,
        records: &[Address],
        joining: Disclosing<'_, Joined>,
    ) {
        is_send(client.agreed_study(file));
        is_send(client.match_study(participant.keys, file.description()));
        is_send(client.join_study(participant, file, records, JoinOptions::default()));
        is_send(joining.send());
        is_send(client.apply_for_study(participant, file, records, "words"));
        is_send(client.leave_study(participant.wallet, participant.payer, &records[0]));
    }

    fn agents<'a>(agent: impl Fn() -> Agent<'a>, url: &Url) {
        is_send(agent().run_once());
        is_send(agent().watch(url, std::future::pending()));
    }

    fn batches(
        client: &Client,
        wallet: Wallet,
        key: &ContentKey,
        documents: &[BatchDocument],
        plan: &BatchPlan,
        journal: &mut Journal,
        address: &Address,
    ) {
        is_send(client.resume_batch(address, key, documents, false, journal, |_| {}));
        is_send(client.write_batch(wallet, wallet, key, plan, None, journal, |_| {}));
    }

    fn reads(
        ledger: &Ledger,
        node: &Node,
        address: &Address,
        filters: &[Filter],
        gateway: &generion_client::Gateway,
        heads: &[RecordHead],
        signature: &Signature,
        account: AccountToCreate,
        websocket: &Url,
    ) {
        is_send(ledger.check_genesis());
        is_send(ledger.check_genesis_of(node));
        is_send(ledger.program_version());
        is_send(ledger.user(address));
        is_send(ledger.record(address));
        is_send(ledger.records(&[*address]));
        is_send(ledger.order(address));
        is_send(ledger.purchase(address));
        is_send(ledger.share(address));
        is_send(ledger.get::<RecordAccount>(address));
        is_send(ledger.find::<RecordAccount>(address));
        is_send(ledger.find_all::<RecordAccount>(&[*address]));
        is_send(ledger.list::<RecordAccount>(filters));
        is_send(ledger.page_through::<RecordAccount>(gateway, filters, None));
        is_send(ledger.list_everywhere::<RecordAccount>(filters));
        is_send(ledger.record_heads(filters));
        is_send(ledger.records_at(heads));
        is_send(ledger.unix_time());
        is_send(ledger.lamports(address));
        is_send(ledger.rent(account));
        is_send(ledger.local_ledger());
        is_send(ledger.confirmed_transaction(signature));
        stream_is_send::<Watched<RecordAccount>>(ledger.watch(websocket, filters));
    }

    fn transactions(
        ledger: &Ledger,
        wallet: Wallet,
        instructions: &[Instruction],
        options: SendOptions,
        signed: &Signed,
        address: &Address,
        placeholder: &Placeholder,
        prepared: Prepared<'_, u64>,
        confidential: Confidential<'_, u64>,
    ) {
        is_send(ledger.simulate(instructions, address));
        is_send(ledger.send(instructions, wallet, &[wallet], options));
        is_send(ledger.sign(instructions, wallet, &[wallet], options));
        is_send(ledger.dispatch(signed));
        is_send(placeholder.dry_run());
        is_send(prepared.dry_run());
        is_send(prepared.send());
        is_send(confidential.dry_run());
        is_send(confidential.send());
    }

    fn stores(
        store: &StoreClient,
        at: &StoreUrl,
        path: &Path,
        digest: &CiphertextDigest,
        wallet: Wallet,
        address: &Address,
        document: &Url,
        policy: &FetchPolicy,
        map: &StoreMap,
        locator: &Locator,
    ) {
        is_send(store.upload(at, path, digest, wallet, address));
        is_send(store.status(document, policy));
        is_send(store.delete(document, wallet));
        is_send(store.download(locator, policy, map, path));
        is_send(store.fetch(locator, policy, map, path));
    }
}

/// Nobody forgets a new one: every public function that is asynchronous is named above.
#[test]
fn every_public_future_is_asserted() {
    let here = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/send.rs"));
    let here = here.unwrap();
    let mut missing = BTreeSet::new();
    let mut found = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            for line in text.lines() {
                let Some(rest) = line.trim_start().strip_prefix("pub async fn ") else {
                    continue;
                };
                let name: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                found += 1;
                let calls = [".", "::"].map(|at| format!("{at}{name}("));
                let is_called = calls.iter().any(|call| here.contains(call));
                if !is_called && !here.contains(&format!(".{name}::<")) {
                    missing.insert(name);
                }
            }
        }
    }
    assert!(found > 50, "{found}");
    assert_eq!(missing, BTreeSet::new());
}
