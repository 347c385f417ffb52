//! Headers, forms and refusals of Actions over HTTP.

use generion_gateway::{
    config::{Config, OrderPage},
    storage::{Storage, Writer, Written},
};
use generion_http_server::origins::Origins;
use generion_interface::{
    Addresses,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use generion_synthetic_ledger::{Size, SyntheticAccount, SyntheticLedger};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use solana_address::Address;

use super::specification::{actions_json, check_headers, error, get_response, post_response};
use crate::support::{Database, gateway::Gateway, indexed, on_both_databases, present};

const SIZE: Size = Size {
    users: 8,
    records: 60,
    orders: 40,
    purchases: 40,
    shares: 4,
};
const SLOT: u64 = 5;
const PAGE: &str = "https://app.example/orders/{order}";
const JSON: &str = "application/json";

fn ledger() -> SyntheticLedger {
    SyntheticLedger::new(SIZE, 13)
}

async fn filled(database: &Database) -> (Storage, Writer) {
    let (storage, mut writer) = database.open().await;
    let accounts = ledger().accounts();
    let written = accounts.map(|account| present(account, SLOT)).collect();
    writer.write(written).await.unwrap();
    (storage, writer)
}

fn read<A: LedgerAccount>(account: &SyntheticAccount) -> A {
    let addresses = Addresses::default();
    let program = addresses.program_id;
    A::read(&addresses, &account.address, &program, &account.data).unwrap()
}

/// The first account that is like this.
fn first<A: LedgerAccount>(
    account: impl Fn(u64) -> SyntheticAccount,
    is_wanted: impl Fn(&A) -> bool,
) -> (Address, A) {
    let found = (0..40).map(|index| {
        let account = account(index);
        (account.address, read::<A>(&account))
    });
    let mut wanted = found.filter(|(_, account)| is_wanted(account));
    wanted.next().expect("the ledger has such an account")
}

fn order(is_wanted: impl Fn(&OrderAccount) -> bool) -> (Address, OrderAccount) {
    first(|index| ledger().order(index), is_wanted)
}

fn purchase(is_wanted: impl Fn(&PurchaseAccount) -> bool) -> (Address, PurchaseAccount) {
    first(|index| ledger().purchase(index), is_wanted)
}

fn record(is_wanted: impl Fn(&RecordAccount) -> bool) -> (Address, RecordAccount) {
    first(|index| ledger().record(index), is_wanted)
}

async fn ask(gateway: &Gateway, method: Method, path: &str) -> Response {
    let request = gateway
        .client
        .request(method, format!("{}{path}", gateway.url));
    let request = request.header("origin", "https://wallet.example");
    request.send().await.unwrap()
}

async fn post(gateway: &Gateway, path: &str, body: &Value) -> Response {
    let request = gateway.client.post(format!("{}{path}", gateway.url));
    request.json(body).send().await.unwrap()
}

/// An Action, with its headers and its form checked.
async fn shown(gateway: &Gateway, path: &str) -> Value {
    let answer = ask(gateway, Method::GET, path).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    check_headers(&answer, JSON);
    let action = answer.json().await.unwrap();
    assert_eq!(get_response(&action), Ok(()), "{path}");
    action
}

/// The status and the message of a refusal, with its headers and its form checked.
async fn refused(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    check_headers(&answer, JSON);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(error(&body), Ok(()), "{body}");
    (status, body["message"].as_str().unwrap().to_owned())
}

/// The Actions that an account of each kind has.
fn paths() -> Vec<String> {
    let (order, _) = order(|_| true);
    let (purchase, _) = purchase(|_| true);
    let (record, _) = record(|_| true);
    vec![
        format!("/v1/actions/orders/{order}"),
        format!("/v1/actions/orders/{order}/close"),
        format!("/v1/actions/records/{record}/verify"),
        format!("/v1/actions/purchases/{purchase}/refund"),
        format!("/v1/actions/purchases/{purchase}/close"),
    ]
}

on_both_databases! {
    /// Each Action is described in the specification's form, and so is what it answers to `OPTIONS`, whatever the operator
    /// has set for web apps.
    async fn every_action_has_the_specifications_form(database: Database) {
        let (storage, _writer) = filled(&database).await;
        let config = Config { origins: Origins::Listed(vec![]), ..Gateway::config() };
        let gateway = Gateway::start_with(&storage, config).await;
        for path in paths() {
            let action = shown(&gateway, &path).await;
            assert_eq!(action["type"], "action");
            let options = ask(&gateway, Method::OPTIONS, &path).await;
            assert_eq!(options.status(), StatusCode::OK, "{path}");
            check_headers(&options, JSON);
        }
        // What is no Action has the operator's policy, in the same gateway.
        let other = ask(&gateway, Method::GET, "/v1/orders").await;
        assert!(!other.headers().contains_key("access-control-allow-origin"));
        assert!(!other.headers().contains_key("x-action-version"));
    }

    /// The file at the root names the Actions of orders, and each of its rules leads to one that answers.
    async fn the_rules_lead_to_actions(database: Database) {
        let (storage, _writer) = filled(&database).await;
        let gateway = Gateway::start(&storage).await;
        let answer = ask(&gateway, Method::GET, "/actions.json").await;
        check_headers(&answer, JSON);
        let rules: Value = answer.json().await.unwrap();
        assert_eq!(actions_json(&rules), Ok(()));
        let (order, _) = order(|_| true);
        let rules = rules["rules"].as_array().unwrap();
        assert!(!rules.is_empty());
        for rule in rules {
            let path = rule["apiPath"].as_str().unwrap();
            let path = path.replace("**", &format!("orders/{order}")).replace('*', &order.to_string());
            shown(&gateway, &path).await;
        }
        let options = ask(&gateway, Method::OPTIONS, "/actions.json").await;
        assert_eq!(options.status(), StatusCode::OK);
        check_headers(&options, JSON);
        assert_eq!(refused(ask(&gateway, Method::POST, "/actions.json").await).await.0, 405);
    }

    /// An order's Action shows price, seller and records; it leads to the app and takes a buyer's key on the terms that it
    /// shows.
    async fn an_order_leads_to_the_app_and_takes_a_buyers_key(database: Database) {
        let (storage, _writer) = filled(&database).await;
        let mut config = Gateway::config();
        config.actions.order_page = Some(OrderPage::parse(PAGE).unwrap());
        config.actions.public_url = Some("https://gateway.example".to_owned());
        let gateway = Gateway::start_with(&storage, config).await;
        let (address, account) = order(|order| order.state.is_open());
        let path = format!("/v1/actions/orders/{address}");
        let action = shown(&gateway, &path).await;
        assert_eq!(action["icon"], "https://gateway.example/v1/actions/icon.svg");
        let description = action["description"].as_str().unwrap();
        for said in [address.to_string(), account.state.seller.to_string(), "SOL".to_owned()] {
            assert!(description.contains(&said), "{description}");
        }
        let links = action["links"]["actions"].as_array().unwrap();
        assert_eq!(links.len(), 2);
        assert_eq!(links[0]["type"], "external-link");
        let body = json!({ "account": Address::new_from_array([3; 32]).to_string() });
        let answer = post(&gateway, links[0]["href"].as_str().unwrap(), &body).await;
        assert_eq!(answer.status(), StatusCode::OK);
        check_headers(&answer, JSON);
        let page: Value = answer.json().await.unwrap();
        assert_eq!(post_response(&page), Ok(()));
        assert_eq!(page["externalLink"], format!("https://app.example/orders/{address}"));
        assert_eq!(links[1]["type"], "transaction");
        let terms: String = account.terms(&address).map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(links[1]["href"], format!("{path}?terms={terms}&buyer_key={{buyer_key}}"));
        let parameter = &links[1]["parameters"][0];
        assert_eq!(parameter["name"], "buyer_key");
        assert_eq!(parameter["required"], true);
    }

    /// Without an app, an order's Action still takes a buyer's key; the address of the icon is that of the request.
    async fn without_an_app_no_link_leads_to_one(database: Database) {
        let (storage, _writer) = filled(&database).await;
        let gateway = Gateway::start(&storage).await;
        let (address, _) = order(|order| order.state.is_open());
        let path = format!("/v1/actions/orders/{address}");
        let action = shown(&gateway, &path).await;
        assert_eq!(action["links"]["actions"].as_array().unwrap().len(), 1);
        assert_eq!(action["icon"], format!("{}/v1/actions/icon.svg", gateway.url));
        let icon = ask(&gateway, Method::GET, "/v1/actions/icon.svg").await;
        assert_eq!(icon.status(), StatusCode::OK);
        check_headers(&icon, "image/svg+xml");
        assert!(icon.text().await.unwrap().starts_with("<svg"));
        let body = json!({ "account": Address::new_from_array([3; 32]).to_string() });
        let answer = post(&gateway, &format!("{path}/page"), &body).await;
        let (status, message) = refused(answer).await;
        assert_eq!(status, 404);
        assert!(message.contains("knows no app"), "{message}");
    }

    /// What can't be done any more is shown as disabled, with the reason.
    async fn what_is_over_is_disabled(database: Database) {
        let (storage, _writer) = filled(&database).await;
        let gateway = Gateway::start(&storage).await;
        let (stopped, _) = order(|order| !order.state.is_open());
        let (verified, _) = record(|record| record.state.is_verified());
        let (settled, _) = purchase(|purchase| purchase.state.is_settled());
        let (pending, _) = purchase(|purchase| purchase.state.is_pending());
        for (path, reason) in [
            (format!("orders/{stopped}"), "no purchases any more"),
            (format!("records/{verified}/verify"), "verified already"),
            (format!("purchases/{settled}/refund"), "is settled"),
            (format!("purchases/{pending}/close"), "is not settled"),
        ] {
            let action = shown(&gateway, &format!("/v1/actions/{path}")).await;
            assert_eq!(action["disabled"], true, "{path}");
            assert!(action.get("links").is_none());
            let message = action["error"]["message"].as_str().unwrap();
            assert!(message.contains(reason), "{message}");
        }
        let (unverified, _) = record(|record| !record.state.is_verified());
        for path in [
            format!("records/{unverified}/verify"),
            format!("purchases/{pending}/refund"),
            format!("purchases/{settled}/close"),
        ] {
            let action = shown(&gateway, &format!("/v1/actions/{path}")).await;
            assert!(action.get("disabled").is_none() && action.get("error").is_none(), "{path}");
        }
    }

    /// Every refusal has the specification's form and headers, whichever part of the gateway refuses.
    async fn every_refusal_has_the_specifications_form(database: Database) {
        let (storage, mut writer) = filled(&database).await;
        let (address, _) = order(|order| order.state.is_open());
        let disputed = ledger().record(1);
        let record = disputed.address;
        let account = indexed(disputed, SLOT + 1);
        writer.write(vec![Written::Present { account, signature: None, disputed: true }]).await.unwrap();
        let mut config = Gateway::config();
        config.limits.max_body_bytes = 1_000;
        let gateway = Gateway::start_with(&storage, config).await;
        let nobody = Address::new_from_array([1; 32]);
        for (path, status, said) in [
            (format!("/v1/actions/orders/{nobody}"), 404, "no order is at"),
            (format!("/v1/actions/purchases/{nobody}/refund"), 404, "no purchase is at"),
            ("/v1/actions/orders/x".to_owned(), 400, "expected an address"),
            (format!("/v1/actions/records/{record}/verify"), 409, "disagree"),
            ("/v1/actions/users".to_owned(), 404, "no Action has this address"),
            (format!("/v1/actions/orders/{address}/page"), 405, "does not support the method"),
        ] {
            let (refusal, message) = refused(ask(&gateway, Method::GET, &path).await).await;
            assert_eq!(refusal, status, "{path}");
            assert!(message.contains(said), "{message}");
        }
        let path = format!("/v1/actions/orders/{address}");
        let wallet = nobody.to_string();
        let key = "00".repeat(32);
        for (query, body, status, said) in [
            ("", json!({ "account": wallet }), 400, "buyer_key is missing"),
            ("?buyer_key=zz&terms=00", json!({ "account": wallet }), 400, "buyer_key: expected 32 bytes"),
            (&format!("?buyer_key={key}")[..], json!({ "account": wallet }), 400, "terms is missing"),
            (&format!("?buyer_key={key}&buyer_key={key}"), json!({ "account": wallet }), 400, "buyer_key"),
            ("", json!({ "account": wallet, "data": { "buyer_key": [key, key] } }), 400, "buyer_key is missing"),
            ("", json!({ "account": "x" }), 400, "expected an address"),
            ("", json!({ "data": {} }), 400, "account"),
            ("", json!({ "account": wallet, "data": { "seed": "x" } }), 400, "secret"),
            ("", json!({ "account": wallet, "data": { "x": "x".repeat(2_000) } }), 413, "smaller body"),
            // It has no node.
            (&format!("?buyer_key={key}&terms={key}"), json!({ "account": wallet }), 503, "node"),
        ] {
            let (refusal, message) = refused(post(&gateway, &format!("{path}{query}"), &body).await).await;
            assert_eq!(refusal, status, "{query} {body}: {message}");
            assert!(message.contains(said), "{query} {body}: {message}");
        }
        let request = gateway.client.post(format!("{}{path}", gateway.url)).body("{}");
        assert_eq!(refused(request.send().await.unwrap()).await.0, 415);
        let request = gateway.client.post(format!("{}{path}", gateway.url)).header("content-type", JSON).body("{");
        assert_eq!(refused(request.send().await.unwrap()).await.0, 400);
    }

    /// A wallet that asks too often is told so in the specification's form, and when to come back.
    async fn limits_refuse_in_the_specifications_form(database: Database) {
        let (storage, _writer) = filled(&database).await;
        let mut config = Gateway::config();
        config.limits.per_second = 1.try_into().unwrap();
        config.limits.burst = 1.try_into().unwrap();
        let gateway = Gateway::start_with(&storage, config).await;
        let path = paths().remove(0);
        shown(&gateway, &path).await;
        let answer = ask(&gateway, Method::GET, &path).await;
        assert_eq!(answer.headers()["retry-after"], "1");
        let (status, message) = refused(answer).await;
        assert_eq!(status, 429);
        assert!(message.contains("too many requests"), "{message}");
    }
}
