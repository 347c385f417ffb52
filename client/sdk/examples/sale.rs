//! A clinic writes a record to a patient, who checks and sells it to a buyer, who opens it. On a `generion localnet`:
//! `cargo run -p generion-client --example sale -- $GENERION_URL $GENERION_STORE $PATIENT_KEY $CLINIC_KEY $BUYER_KEY`

use std::{env::args, error::Error, path::Path};

use generion_client::{
    Addresses, BuyOptions, Client, NewDocument, NewOrder, OpenedRecord, Wallet, store::FetchPolicy,
};
use solana_keypair::{Keypair, read_keypair_file};
use solana_signer::Signer;
use url::Url;

/// What a purchase costs, in lamports.
const PRICE: u64 = 250_000_000;

/// Plays it, with all its files in `folder`, and returns what the buyer opened.
pub async fn sale(
    node: &str,
    store: &Url,
    [patient, clinic, buyer]: [&Keypair; 3],
    folder: &Path,
) -> Result<Vec<OpenedRecord>, Box<dyn Error>> {
    // Addresses of documents come from strangers. This store is on this machine, so that private ones are followed.
    let policy = FetchPolicy {
        allow_private: true,
        ..FetchPolicy::default()
    };
    let client = Client::new(node.to_owned(), Addresses::default().program_id, policy)?;

    // The patient publishes a key, which follows from the wallet. From then on anybody can write records to it.
    let keys = Wallet { signer: patient };
    client.publish_key(patient, patient).await?;

    // The clinic encrypts the document, uploads it and writes the record. It signs, and pays as well.
    let document = NewDocument {
        path: folder.join("document.json"),
        owner: patient.pubkey(),
        media_type: "application/fhir+json".to_owned(),
        kind: "fhir:Observation/8867-4".to_owned(),
        store: store.clone(),
        erase_authority: None,
        disclose_hash: false,
    };
    let record = client.create_record(clinic, clinic, &document).await?;

    // The patient checks all that the program can't, and signs only then: there is no other way to a `CheckedRecord`.
    let (copy, eraser) = (folder.join("checked.json"), patient.pubkey());
    let checked = client
        .check_record(&keys, &record.address, &eraser, &copy)
        .await?;
    client.verify_record(patient, patient, &checked).await?;

    // It is offered, and bought: the price is in escrow, and the receipt in its folder.
    let order = NewOrder {
        record_ids: vec![record.id],
        price: PRICE,
        delivery_window: 3_600,
        label: "one observation".to_owned(),
    };
    let (order, _) = client.create_order(patient, &keys, patient, &order).await?;
    let options = BuyOptions {
        receipts: folder.join("receipts"),
        accept_self_issued: false,
        max_price: Some(PRICE),
    };
    let (purchase, _) = client.buy(buyer, &order, &options).await?;

    // The patient delivers, which pays in the same instruction. Then the buyer has what it takes.
    let delivery = client.deliver(&keys, patient, &purchase).await?;
    assert_eq!(delivery.earned, PRICE);
    let bought = folder.join("bought");
    Ok(client
        .open_purchase(buyer, &purchase, &options.receipts, &bought)
        .await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<_> = args().skip(1).collect();
    let [node, store, patient, clinic, buyer] = &words[..] else {
        return Err(
            "pass the node's URL, the store's, and the keypair files of patient, clinic and buyer"
                .into(),
        );
    };
    let folder = std::env::current_dir()?.join("sale");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(
        folder.join("document.json"),
        r#"{"resourceType":"Observation"}"#,
    )?;
    let [patient, clinic, buyer] = [
        read_keypair_file(patient)?,
        read_keypair_file(clinic)?,
        read_keypair_file(buyer)?,
    ];
    for opened in sale(node, &store.parse()?, [&patient, &clinic, &buyer], &folder).await? {
        println!("{}, by {}", opened.path.display(), opened.creator);
    }
    Ok(())
}
