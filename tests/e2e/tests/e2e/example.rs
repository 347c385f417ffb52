//! The client library's example, as it is in the documentation.

use generion_client::GenesisHash;
use generion_e2e::Town;
use solana_keypair::read_keypair_file;
use tokio::runtime::Runtime;

#[path = "../../../../client/sdk/examples/sale.rs"]
#[allow(dead_code)] // its `main`
mod sale;

/// The example's sale ends with the document at the buyer.
#[test]
fn a_sale_ends_with_the_document_at_its_buyer() {
    let town = Town::found();
    let document = town.write("document.json", br#"{"resourceType":"Observation"}"#);
    let [patient, clinic, buyer] = ["patient", "clinic", "buyer"]
        .map(|role| read_keypair_file(&town.person(role).keypair).expect("a keypair"));
    let store = town.store_url.parse().expect("a URL");
    let people = [&patient, &clinic, &buyer];
    let sale = sale::sale(
        &town.rpc_url,
        GenesisHash::LOCALNET,
        &store,
        people,
        &town.folder,
    );
    let opened = Runtime::new()
        .expect("a runtime")
        .block_on(sale)
        .unwrap_or_else(|error| panic!("{error}"));
    let [opened] = &opened[..] else {
        panic!("{} records were bought", opened.len());
    };
    assert_eq!(opened.creator, town.person("clinic").address);
    assert_eq!(
        std::fs::read(&opened.path).expect("it was opened"),
        std::fs::read(document).expect("it was written")
    );
}
