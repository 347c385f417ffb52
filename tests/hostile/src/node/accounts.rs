//! Accounts as the node shows them: the validator's, changed by all lies, for every method that reads accounts.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_account::Account;
use solana_address::Address;

use super::{
    lie::{Lie, Read},
    question::Question,
};

/// The JSON-RPC error code of a minimum context slot that the node has not reached.
const MIN_CONTEXT_SLOT_NOT_REACHED: i64 = -32016;
const INVALID_PARAMS: i64 = -32602;

/// The source of the true answers.
pub(super) trait Truth {
    /// The result of a question.
    async fn result(&self, method: &str, params: Value) -> Value;
}

/// The result or error of a question about accounts; `None`: it is about something else.
pub(super) async fn shown(
    truth: &impl Truth,
    lies: &[Arc<dyn Lie>],
    question: &Question,
) -> Option<Result<Value, Value>> {
    let config = json!({ "encoding": "base64", "commitment": question.commitment() });
    let (slot, accounts) = match question.method.as_str() {
        "getAccountInfo" | "getMultipleAccounts" | "getBalance" => {
            let addresses = question.addresses()?;
            let asked: Vec<String> = addresses.iter().map(Address::to_string).collect();
            let answer = truth
                .result("getMultipleAccounts", json!([asked, config]))
                .await;
            let values = answer["value"].as_array().expect("a list of accounts");
            let accounts: Vec<_> = addresses
                .into_iter()
                .zip(values.iter().map(parse))
                .collect();
            (answer["context"]["slot"].as_u64(), accounts)
        }
        "getProgramAccounts" => {
            let mut config = config;
            config["withContext"] = true.into();
            let answer = truth
                .result("getProgramAccounts", json!([question.params[0], config]))
                .await;
            let listed = answer["value"].as_array().expect("a list of accounts");
            let mut accounts: BTreeMap<Address, Option<Account>> = listed
                .iter()
                .map(|listed| (address(&listed["pubkey"]), parse(&listed["account"])))
                .collect();
            for address in lies.iter().flat_map(|lie| lie.listed()) {
                accounts.entry(address).or_default();
            }
            let accounts = accounts.into_iter().collect();
            (answer["context"]["slot"].as_u64(), accounts)
        }
        _ => return None,
    };
    let slot = lies
        .iter()
        .fold(slot.expect("a slot"), |slot, lie| lie.slot(question, slot));
    if question.min_context_slot().is_some_and(|min| slot < min) {
        return Some(Err(json!({
            "code": MIN_CONTEXT_SLOT_NOT_REACHED,
            "message": "Minimum context slot has not been reached",
            "data": { "contextSlot": slot },
        })));
    }
    let mut accounts = accounts;
    let read = Read { question, slot };
    for (address, account) in &mut accounts {
        for lie in lies {
            lie.account(read, address, account);
        }
    }
    Some(answer(question, slot, accounts))
}

fn answer(
    question: &Question,
    slot: u64,
    accounts: Vec<(Address, Option<Account>)>,
) -> Result<Value, Value> {
    let context = json!({ "slot": slot, "apiVersion": "4.0.0" });
    let encoding = question.config("encoding").and_then(Value::as_str);
    // The answer names its encoding, so it may be uncompressed.
    let is_base64 = encoding.is_some_and(|encoding| encoding.starts_with("base64"));
    if question.method != "getBalance" && !is_base64 {
        let message = "this node shows accounts in base64 alone";
        return Err(json!({ "code": INVALID_PARAMS, "message": message }));
    }
    let slice = question.config("dataSlice");
    let write = |account: Option<Account>| account.map_or(Value::Null, |one| write(&one, slice));
    let value = match question.method.as_str() {
        "getBalance" => {
            let account = accounts.into_iter().next().and_then(|(_, account)| account);
            account.map_or(0, |account| account.lamports).into()
        }
        "getAccountInfo" => {
            let account = accounts.into_iter().next().and_then(|(_, account)| account);
            write(account)
        }
        "getMultipleAccounts" => accounts
            .into_iter()
            .map(|(_, account)| write(account))
            .collect(),
        _ => {
            let program = question.addresses().and_then(|list| list.first().copied());
            let is_asked_for = |account: &Account| {
                Some(account.owner) == program && matches(question, &account.data)
            };
            let list: Value = accounts
                .into_iter()
                .filter_map(|(address, account)| Some((address, account.filter(is_asked_for)?)))
                .map(|(address, account)| {
                    json!({ "pubkey": address.to_string(), "account": write(Some(account)) })
                })
                .collect();
            if question.config("withContext") != Some(&true.into()) {
                return Ok(list);
            }
            list
        }
    };
    Ok(json!({ "context": context, "value": value }))
}

/// Whether a list's filters let an account through.
fn matches(question: &Question, data: &[u8]) -> bool {
    let filters = question.config("filters").and_then(Value::as_array);
    filters.into_iter().flatten().all(|filter| {
        if let Some(size) = filter["dataSize"].as_u64() {
            return data.len() as u64 == size;
        }
        let Some(compared) = filter.get("memcmp") else {
            return false;
        };
        let offset = compared["offset"].as_u64().unwrap_or_default() as usize;
        let wanted = match (&compared["bytes"], compared["encoding"].as_str()) {
            (Value::String(text), Some("base64")) => BASE64_STANDARD.decode(text).ok(),
            (Value::String(text), _) => bs58::decode(text).into_vec().ok(),
            (list, _) => serde_json::from_value(list.clone()).ok(),
        };
        let found = data.get(offset..);
        wanted.is_some_and(|wanted| found.is_some_and(|found| found.starts_with(&wanted)))
    })
}

fn address(value: &Value) -> Address {
    let text = value.as_str().expect("an address is text");
    text.parse().expect("the validator's addresses are some")
}

fn parse(value: &Value) -> Option<Account> {
    let data = value.get("data")?[0].as_str().expect("data are text");
    Some(Account {
        lamports: value["lamports"].as_u64().expect("lamports"),
        data: BASE64_STANDARD.decode(data).expect("base64"),
        owner: address(&value["owner"]),
        executable: value["executable"] == true,
        rent_epoch: value["rentEpoch"].as_u64().unwrap_or(u64::MAX),
    })
}

fn write(account: &Account, slice: Option<&Value>) -> Value {
    let mut data = account.data.as_slice();
    if let Some(slice) = slice {
        let field = |name: &str| slice[name].as_u64().unwrap_or_default() as usize;
        let start = field("offset").min(data.len());
        data = &data[start..(start + field("length")).min(data.len())];
    }
    json!({
        "lamports": account.lamports,
        "data": [BASE64_STANDARD.encode(data), "base64"],
        "owner": account.owner.to_string(),
        "executable": account.executable,
        "rentEpoch": account.rent_epoch,
        "space": account.data.len(),
    })
}
