//! The command line with a node that lies: it stops, names the node, and hides the secrets in the node's address.

use generion::state::{Order, User};
use generion_crypto::keys::EncryptionSecret;
use generion_hostile_node_tests::{HONEST, MALLORY, Town, lies};
use generion_interface::decode::Decoded;
use rand_core::OsRng;

use crate::market::{Market, settlements};

/// `share create` and `record create` stop, name the node, and do not show the key in its address.
#[test]
fn a_key_of_the_nodes_own_gets_nothing_from_the_command_line() {
    let town = Town::found();
    let validator = &town.validator;
    let [patient, doctor] = [(); 2].map(|()| validator.user());
    let record = validator.own_record(&patient).to_string();
    let user = validator.instructions.addresses.user(&doctor.address());
    let forged = EncryptionSecret::random(&mut OsRng);
    let key = forged.public_key().to_bytes();
    let [mallory, honest] = [(); 2].map(|()| town.node());
    mallory.tell(lies::edits::<User>(user, move |user| {
        user.encryption_key = key
    }));
    let to = doctor.address().to_string();
    let document = town.document(&doctor.address(), "72 beats a minute").path;
    let (document, store) = (
        document.to_string_lossy().into_owned(),
        town.store.to_string(),
    );
    let share = ["share", "create", &record, "--with", &to];
    let create = [
        "record", "create", &document, "--owner", &to, "--store", &store,
    ];
    for nodes in [
        vec![(MALLORY, &mallory)],
        vec![(MALLORY, &mallory), (HONEST, &honest)],
    ] {
        let terminal = town.terminal(&patient, &nodes);
        for words in [&share[..], &create[..]] {
            let error = terminal.fails(words);
            for (name, _) in &nodes {
                assert!(error.contains(&format!("http://{name}")), "{error}");
            }
        }
    }
    let sent = [&mallory, &honest].map(|node| node.captured());
    assert_eq!(sent, [vec![], vec![]]);
    assert_eq!(town.opened(&[&mallory, &honest], &[&forged.to_bytes()]), []);
}

/// `deliver --all` finds, delivers and settles what the first node leaves out and drops.
#[test]
fn the_agent_is_paid_whatever_the_first_node_does() {
    let market = Market::of(1);
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    mallory.tell(lies::leaves_out(market.purchase));
    mallory.tell(lies::drops_sends());
    let terminal = town.terminal(&market.seller, &[(MALLORY, &mallory), (HONEST, &honest)]);
    let payer = town.terminal(&market.payer, &[(HONEST, &honest)]);
    let offers = town.path("offers.json");
    let deliver = ["deliver", "--all", "--orders", &offers.to_string_lossy()];
    let fee_payer = payer.keypair().to_string_lossy().into_owned();
    let done = terminal.does(&[&deliver[..], &["--fee-payer", &fee_payer]].concat());
    assert_eq!(done["totals"]["settled_purchases"], 1, "{done}");
    assert!(!settlements(&honest).is_empty());
    market.assert_paid();
}

/// The ledger refuses a `purchase buy` at a price that the node made up.
#[test]
fn no_other_terms_are_bought_at_the_command_line() {
    let town = Town::found();
    let validator = &town.validator;
    let [seller, buyer] = [(); 2].map(|()| validator.user());
    let record = validator.own_record(&seller);
    let order = validator.order(&seller, &[record]);
    let mallory = town.node();
    mallory.tell(lies::edits::<Order>(order, |order| order.price /= 2));
    mallory.tell(lies::passes_simulations());
    let terminal = town.terminal(&buyer, &[(MALLORY, &mallory)]);
    let receipts = town.path("receipts").to_string_lossy().into_owned();
    let order = order.to_string();
    let buy = [
        "purchase",
        "buy",
        &order,
        "--receipts",
        &receipts,
        "--accept-self-issued",
    ];
    let error = terminal.fails(&buy);
    assert!(error.contains("TermsChanged"), "{error}");
    assert!(
        mallory
            .sent()
            .iter()
            .all(|sent| matches!(sent, Decoded::Purchase(_)))
    );
}

/// `node check` says whether the nodes are enough, and which one is of another cluster.
#[test]
fn node_check_tells_a_node_of_another_cluster() {
    let town = Town::found();
    let person = town.validator.person();
    let [mallory, honest] = [(); 2].map(|()| town.node());
    let terminal = town.terminal(&person, &[(MALLORY, &mallory), (HONEST, &honest)]);
    let done = terminal.does(&["node", "check"]);
    assert_eq!(
        (&done["enough"], &done["trust_single"]),
        (&true.into(), &false.into()),
        "{done}"
    );

    mallory.tell(lies::genesis(solana_hash::Hash::new_from_array([7; 32])));
    let printed = terminal.run(&["node", "check"]);
    assert!(!printed.success);
    let told = format!("{} {}", printed.output, printed.error);
    assert!(told.contains("http://mallory.example"), "{told}");
}
