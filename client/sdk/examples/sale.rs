//! A clinic writes a record to a patient, who checks and sells it to a buyer, who opens it. On a `generion localnet`:
//! `cargo run -p generion-client --example sale -- $GENERION_URL $GENESIS_HASH $GENERION_STORE $PATIENT_KEY $CLINIC_KEY $BUYER_KEY`

use std::{env::args, error::Error, path::Path};

use generion_client::{
    Addresses, Belief, BuyOptions, Client, Deployment, GenesisHash, Ledger, Markers, NewDocument,
    NewOrder, Offers, OpenedRecord, SettleOptions, Settler, Wallet,
    locator::StoreUrl,
    rpc::{
        url::{NodeUrl, PlainHttp},
        witness::WitnessOptions,
    },
    store::FetchPolicy,
};
use solana_commitment_config::CommitmentConfig;
use solana_keypair::{Keypair, read_keypair_file};
use solana_signer::Signer;

/// What a purchase costs, in lamports.
const PRICE: u64 = 250_000_000;

/// Plays it, with all its files in `folder`, and returns what the buyer opened.
pub async fn sale(
    node: &str,
    genesis: GenesisHash,
    store: &StoreUrl,
    [patient, clinic, buyer]: [&Keypair; 3],
    folder: &Path,
) -> Result<Vec<OpenedRecord>, Box<dyn Error>> {
    // Which ledger is meant is this program's choice, and not the node's. One node is enough, since it is on this machine:
    // elsewhere, name nodes of two operators.
    let deployment = Deployment {
        genesis,
        program_id: Addresses::default().program_id,
    };
    let node = NodeUrl::parse(node, PlainHttp::default())?;
    let (commitment, options) = (CommitmentConfig::confirmed(), WitnessOptions::default());
    let ledger = Ledger::new(deployment, vec![node], commitment, options)?;
    // Addresses of documents come from strangers. This store is on this machine, so that private ones are followed.
    let policy = FetchPolicy {
        allow_private: true,
        ..FetchPolicy::default()
    };
    let client = Client::new(ledger, policy)?;

    // The patient publishes a key, which follows from the wallet. From then on anybody can write records to it.
    let keys = Wallet { signer: patient };
    client.publish_key(patient, patient).await?.send().await?;

    // The clinic encrypts the document, uploads it and writes the record. It signs, and pays as well.
    let document = NewDocument {
        path: folder.join("document.json"),
        owner: patient.pubkey(),
        media_type: "application/fhir+json".to_owned(),
        kind: "fhir:Observation/8867-4".to_owned(),
        stores: vec![store.clone()],
        needed_stores: None,
        erase_authority: None,
        sign: true,
    };
    let record = client
        .create_record(clinic, clinic, &document, None)
        .await?;

    // The patient checks all that the program can't, and signs only then: there is no other way to a `CheckedRecord`.
    let (copy, eraser) = (folder.join("checked.json"), patient.pubkey());
    let checked = client
        .check_record(&keys, &record.address, &eraser, &copy)
        .await?;
    client
        .verify_record(patient, patient, &checked)
        .send()
        .await?;

    // It is offered. What was offered goes into the patient's file: deliveries go by it, and not by what a node shows.
    let order = NewOrder {
        records: vec![record.address],
        price: PRICE,
        delivery_window: 3_600,
        label: "one observation".to_owned(),
        only_buyer: None,
    };
    let created = client.create_order(patient, &keys, patient, &order).await?;
    let offer = created.send().await?.outcome;
    let file = folder.join("offers.json");
    Offers::add(&file, &deployment, &offer)?;

    // It is bought as it was shown: the price is in escrow, and the receipt in its folder.
    let options = BuyOptions {
        accept_self_issued: false,
        max_price: Some(PRICE),
    };
    let shown = client
        .offer(&offer.order, &buyer.pubkey(), &options)
        .await?;
    let receipts = folder.join("receipts");
    let bought = client.buy(buyer, &shown, &receipts)?.send().await?.outcome;

    // The patient delivers, which shows nothing yet, and settles, which pays. Then the buyer has what it takes.
    let offers = Offers::load(&file, &deployment)?;
    let belief = Belief::Offers(&offers);
    let sale = client.sale(&keys, &bought.purchase, belief).await?;
    client.deliver(&keys, patient, &sale).send().await?;
    let markers = Markers::new(folder.join("settling"));
    let settler = Settler {
        payer: patient,
        markers: &markers,
        options: SettleOptions::default(),
    };
    client.settle(&keys, &sale, &settler, |_| {}).await?;
    let opened = folder.join("bought");
    Ok(client
        .open_purchase(buyer, &bought.purchase, &receipts, &opened)
        .await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<_> = args().skip(1).collect();
    let [node, genesis, store, patient, clinic, buyer] = &words[..] else {
        return Err(
            "pass the node's URL, the cluster's genesis hash, the store's URL, and the keypair files of patient, clinic and buyer"
                .into(),
        );
    };
    let folder = std::env::current_dir()?.join("sale");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(
        folder.join("document.json"),
        r#"{"resourceType":"Observation"}"#,
    )?;
    let people = [
        read_keypair_file(patient)?,
        read_keypair_file(clinic)?,
        read_keypair_file(buyer)?,
    ];
    let (genesis, store) = (genesis.parse()?, store.parse()?);
    for opened in sale(node, genesis, &store, people.each_ref(), &folder).await? {
        println!("{}, by {}", opened.path.display(), opened.creator);
    }
    Ok(())
}
