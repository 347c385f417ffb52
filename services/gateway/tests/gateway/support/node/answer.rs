//! What a node that shows a made-up ledger answers.

use axum::{body::Body, http::StatusCode, response::Response};
use base64::{Engine, prelude::BASE64_STANDARD};
use generion_interface::Addresses;
use generion_rpc::cluster::LOCALNET_GENESIS;
use generion_synthetic_ledger::SyntheticAccount;
use serde_json::{Value, json};
use solana_address::Address;
use solana_signature::Signature;

use super::shown::Shown;

/// The code by which a node refuses that has not reached a slot.
const NOT_REACHED: i64 = -32016;

/// The response to a question.
pub fn answer(shown: &Shown, question: &Value) -> Response {
    if shown.is_away {
        return Response::builder()
            .status(StatusCode::FORBIDDEN)
            .body(Body::empty())
            .unwrap();
    }
    let is_listing = question["method"] == "getProgramAccounts";
    let answered = match result(shown, question) {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": question["id"], "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": question["id"], "error": error }),
    };
    let mut body = answered.to_string();
    if let Some(bytes) = shown.cut_behind.filter(|_| is_listing) {
        body.truncate(bytes);
    }
    Response::builder()
        .header("content-type", "application/json")
        .body(Body::from(body))
        .unwrap()
}

fn result(shown: &Shown, question: &Value) -> Result<Value, Value> {
    let parameters = &question["params"];
    let config = &parameters[1];
    if config["minContextSlot"].as_u64().unwrap_or(0) > shown.slot {
        return Err(json!({
            "code": NOT_REACHED,
            "message": "Minimum context slot has not been reached",
            "data": { "contextSlot": shown.slot },
        }));
    }
    if shown.refused.contains(question["method"].as_str().unwrap()) {
        return Err(json!({ "code": -32603, "message": "internal error" }));
    }
    let context = json!({ "apiVersion": "3.1.0", "slot": shown.slot });
    Ok(match question["method"].as_str().unwrap() {
        "getSlot" => match parameters[0]["commitment"] == "finalized" {
            true => json!(shown.finalized),
            false => json!(shown.slot),
        },
        "getGenesisHash" => json!(LOCALNET_GENESIS.to_string()),
        "getFirstAvailableBlock" => json!(shown.first_available),
        "getBlockTime" => json!(1_767_000_000),
        "getProgramAccounts" => {
            let asked = config["filters"][0]["memcmp"]["bytes"].as_str();
            let discriminator = BASE64_STANDARD.decode(asked.unwrap_or_default()).unwrap();
            let of_kind = (shown.accounts.iter())
                .filter(|(address, _)| !shown.unlisted.contains(*address))
                .filter(|(address, _)| !shown.denied.contains(*address))
                .filter(|(_, account)| account.data.starts_with(&discriminator))
                .map(|(_, account)| json!({ "pubkey": account.address.to_string(), "account": ui(account) }));
            json!({ "context": context, "value": of_kind.collect::<Vec<_>>() })
        }
        "getMultipleAccounts" => {
            let asked = parameters[0].as_array().unwrap();
            let accounts = asked.iter().map(|address| {
                let address: Address = address.as_str().unwrap().parse().unwrap();
                match address == solana_clock_address() {
                    true => clock(),
                    false if shown.denied.contains(&address.to_bytes()) => Value::Null,
                    false => (shown.accounts.get(&address.to_bytes())).map_or(Value::Null, ui),
                }
            });
            json!({ "context": context, "value": accounts.collect::<Vec<_>>() })
        }
        "getSignaturesForAddress" => {
            let before = config["before"].as_str();
            let limit = config["limit"].as_u64().unwrap();
            let listed = (shown.transactions.iter().rev())
                .skip_while(|one| before.is_some_and(|before| one.signature.to_string() != before))
                .skip(usize::from(before.is_some()))
                .filter(|one| one.slot >= shown.first_available)
                .take(usize::try_from(limit).unwrap())
                .map(|one| {
                    json!({
                        "signature": one.signature.to_string(),
                        "slot": one.slot,
                        "err": null,
                        "memo": null,
                        "blockTime": 1_767_000_000 + one.slot,
                        "confirmationStatus": "confirmed",
                    })
                });
            json!(listed.collect::<Vec<_>>())
        }
        "getTransaction" => {
            let signature: Signature = parameters[0].as_str().unwrap().parse().unwrap();
            (shown.transactions.iter())
                .find(|one| one.signature == signature && !shown.hidden.contains(&signature))
                .map_or(Value::Null, |one| one.answer())
        }
        "getSignatureStatuses" => {
            let asked = parameters[0].as_array().unwrap();
            let statuses = asked.iter().map(|signature| {
                let known =
                    (shown.transactions.iter()).find(|one| signature == &one.signature.to_string());
                known.map_or(Value::Null, |one| {
                    let is_final = one.slot <= shown.finalized;
                    json!({
                        "slot": one.slot,
                        "confirmations": if is_final { Value::Null } else { json!(1) },
                        "err": null,
                        "status": { "Ok": null },
                        "confirmationStatus": if is_final { "finalized" } else { "confirmed" },
                    })
                })
            });
            json!({ "context": context, "value": statuses.collect::<Vec<_>>() })
        }
        other => panic!("the index is not expected to ask {other}"),
    })
}

fn ui(account: &SyntheticAccount) -> Value {
    let owner = Addresses::default().program_id;
    json!({
        "data": [BASE64_STANDARD.encode(&account.data), "base64"],
        "executable": false,
        "lamports": account.lamports,
        "owner": owner.to_string(),
        "rentEpoch": 0,
        "space": account.data.len(),
    })
}

fn solana_clock_address() -> Address {
    "SysvarC1ock11111111111111111111111111111111"
        .parse()
        .unwrap()
}

/// The sysvar, at second 0.
fn clock() -> Value {
    json!({
        "data": [BASE64_STANDARD.encode([0; 40]), "base64"],
        "executable": false,
        "lamports": 1,
        "owner": "Sysvar1111111111111111111111111111111111111",
        "rentEpoch": 0,
        "space": 40,
    })
}
