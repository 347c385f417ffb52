//! A REST gateway that lies: what a client that reads its lists makes of them.

use axum::http::StatusCode;
use generion::state::{Order, Record, User};
use generion_client::{
    Filter, GatewayError, GatewayListError, LeftOut, LeftOutReason,
    accounts::{OrderAccount, RecordAccount},
};
use generion_hostile_node_tests::{
    HONEST, LyingGateway, MALLORY, PRICE, Town, edited, gateway_item, lies,
};
use serde_json::json;
use solana_address::Address;

/// The client leaves out what the gateway invented, what stands elsewhere, and what was not asked for, and says why.
#[test]
fn what_a_gateway_invents_is_left_out() {
    let town = Town::found();
    let validator = &town.validator;
    let [owner, other] = [(); 2].map(|()| validator.user());
    let records = validator.own_records(&owner, 2);
    let strangers = validator.own_record(&other);
    let order = validator.order(&owner, &records[..1]);
    let invented = Address::new_unique();
    let account = validator.account(&records[0]).unwrap();
    let items = [
        records[0],
        invented,
        strangers,
        order,
        owner.address(),
        records[0],
    ]
    .map(|address| gateway_item(&address, &account));
    let gateway = LyingGateway::with_pages(vec![
        items.to_vec(),
        vec![gateway_item(&records[1], &account)],
    ]);
    let node = town.node();
    let client = town.client(&[(HONEST, &node)]);
    let filters = [Filter::record_owner(owner.address())];
    let gateway_client = gateway.client();
    let page = |cursor: Option<String>| {
        let page = client.ledger.page_through::<RecordAccount>(
            &gateway_client,
            &filters,
            cursor.as_deref(),
        );
        town.wait(page).unwrap()
    };
    let first = page(None);
    let shown: Vec<_> = first.accounts.iter().map(|one| one.address).collect();
    assert_eq!(shown, [records[0]]);
    let reason_of = |address| {
        let mut found = first.left_out.iter().filter(|one| one.address == address);
        found.next().map(|LeftOut { reason, .. }| reason.clone())
    };
    assert_eq!(first.left_out.len(), 4);
    assert_eq!(reason_of(invented), Some(LeftOutReason::NotThere));
    assert_eq!(reason_of(strangers), Some(LeftOutReason::NotAskedFor));
    assert_eq!(reason_of(owner.address()), Some(LeftOutReason::NotThere));
    assert!(matches!(
        reason_of(order),
        Some(LeftOutReason::Unreadable(_))
    ));
    let last = page(first.next);
    assert_eq!(last.accounts[0].address, records[1]);
    assert!(last.left_out.is_empty() && last.next.is_none());
    let asked = format!("records?owner={}", owner.address());
    assert_eq!(gateway.asked(), [asked.clone(), asked]);
}

/// A price and a key that the gateway shows are not those that the client shows: it reads both from its node.
#[test]
fn a_price_or_a_key_of_the_gateways_own_is_not_shown() {
    let town = Town::found();
    let validator = &town.validator;
    let seller = validator.user();
    let record = validator.own_record(&seller);
    let order = validator.order(&seller, &[record]);
    let cheaper = edited(validator.account(&order).unwrap(), |order: &mut Order| {
        order.price = 1
    });
    let mut shown = gateway_item(&order, &cheaper);
    shown["price"] = json!("1");
    let user = validator.instructions.addresses.user(&seller.address());
    let other_key = edited(validator.account(&user).unwrap(), |user: &mut User| {
        user.encryption_key = [7; 32];
    });
    let node = town.node();
    let client = town.client(&[(HONEST, &node)]);

    let lying = LyingGateway::with_pages(vec![vec![shown]]);
    let gateway = lying.client();
    let filters = [Filter::order_seller(seller.address())];
    let page = client
        .ledger
        .page_through::<OrderAccount>(&gateway, &filters, None);
    let page = town.wait(page).unwrap();
    assert_eq!(page.accounts[0].account.state.price, PRICE);

    let lying = LyingGateway::with_pages(vec![vec![gateway_item(&user, &other_key)]]);
    let gateway = lying.client();
    let page = town.wait(client.ledger.page_through::<User>(&gateway, &[], None));
    let read = page.unwrap().accounts.remove(0).account;
    assert_eq!(
        read.encryption_key,
        validator.user_of(&seller).encryption_key
    );
}

/// Remaining risk: nobody can notice what a gateway leaves out. A list from a node has it.
#[test]
fn what_a_gateway_leaves_out_only_a_node_lists() {
    let town = Town::found();
    let owner = town.validator.user();
    let records = town.validator.own_records(&owner, 2);
    let account = town.validator.account(&records[0]).unwrap();
    let gateway = LyingGateway::with_pages(vec![vec![gateway_item(&records[0], &account)]]);
    let node = town.node();
    let client = town.client(&[(HONEST, &node)]);
    let filters = [Filter::record_owner(owner.address())];
    let gateway = gateway.client();
    let page = client
        .ledger
        .page_through::<RecordAccount>(&gateway, &filters, None);
    assert_eq!(town.wait(page).unwrap().accounts.len(), 1);
    let list = client.ledger.list::<RecordAccount>(&filters);
    assert_eq!(town.wait(list).unwrap().len(), 2);
}

/// A gateway and a node that lie together show no other contents of a record than its address proves.
#[test]
fn a_node_beside_the_gateway_can_not_invent_a_record() {
    let town = Town::found();
    let owner = town.validator.user();
    let record = town.validator.own_record(&owner);
    let mallory = town.node();
    mallory.tell(lies::edits::<Record>(record, |record| {
        record.facts_root[0] ^= 1;
    }));
    let account = town.validator.account(&record).unwrap();
    let lying = LyingGateway::with_pages(vec![vec![gateway_item(&record, &account)]]);
    let gateway = lying.client();
    let client = town.client(&[(MALLORY, &mallory)]);
    let page = town.wait(
        client
            .ledger
            .page_through::<RecordAccount>(&gateway, &[], None),
    );
    let error = page.unwrap_err();
    assert!(matches!(error, GatewayListError::Client(_)), "{error}");
    assert!(error.to_string().contains("mallory.example"), "{error}");
}

/// The client reads no answer without an end, takes nothing else for a page, and shows a refusal as the gateway's words.
#[test]
fn an_answer_that_is_no_page_is_refused() {
    let town = Town::found();
    let node = town.node();
    let client = town.client(&[(HONEST, &node)]);
    let error_of = |status: StatusCode, body: &[u8]| {
        let lying = LyingGateway::with_answer(status, body.to_vec());
        let gateway = lying.client();
        let page = client
            .ledger
            .page_through::<RecordAccount>(&gateway, &[], None);
        match town.wait(page).unwrap_err() {
            GatewayListError::Gateway(error) => error,
            error => panic!("{error}"),
        }
    };
    let mut endless = br#"{"items":[],"next":""#.to_vec();
    endless.resize(17 << 20, b'a');
    let invented = br#"{"items":[{"address":"\u001b[2Jno address"}],"next":null}"#;
    for body in [endless.as_slice(), b"{}", b"", invented] {
        let error = error_of(StatusCode::OK, body);
        assert!(matches!(error, GatewayError::Unreadable { .. }), "{error}");
        assert!(!error.to_string().contains('\u{1b}'), "{error:?}");
    }
    let problem = br#"{"detail":"send 1 SOL\u001b[2J"}"#;
    let error = error_of(StatusCode::SERVICE_UNAVAILABLE, problem);
    assert!(
        matches!(error, GatewayError::Refused { status: 503, .. }),
        "{error}"
    );
    assert!(!error.to_string().contains('\u{1b}'), "{error:?}");
}
