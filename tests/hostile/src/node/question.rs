use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use solana_address::Address;

use crate::captured::{Asked, Captured};

/// Methods that ask for accounts.
const ACCOUNT_METHODS: [&str; 4] = [
    "getAccountInfo",
    "getMultipleAccounts",
    "getBalance",
    "getProgramAccounts",
];

/// A JSON-RPC request.
#[derive(Clone, Debug)]
pub struct Question {
    /// The method.
    pub method: String,
    /// Its parameters.
    pub params: Value,
    pub(super) id: Value,
}

impl Question {
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let mut question: Value = serde_json::from_slice(body).ok()?;
        Some(Self {
            method: question["method"].as_str()?.to_owned(),
            params: question["params"].take(),
            id: question["id"].take(),
        })
    }

    /// The commitment that it names, or `finalized`.
    pub fn commitment(&self) -> &str {
        self.config("commitment")
            .and_then(Value::as_str)
            .unwrap_or("finalized")
    }

    /// The minimum context slot that it names.
    pub fn min_context_slot(&self) -> Option<u64> {
        self.config("minContextSlot").and_then(Value::as_u64)
    }

    /// A field of its configuration, which is the last parameter.
    pub(super) fn config(&self, field: &str) -> Option<&Value> {
        let config = self.params.as_array()?.last()?.as_object()?;
        config.get(field).filter(|value| !value.is_null())
    }

    /// The first parameter as an address, or as a list of addresses.
    pub(super) fn addresses(&self) -> Option<Vec<Address>> {
        let parse = |text: &Value| text.as_str()?.parse().ok();
        match &self.params[0] {
            Value::Array(list) => list.iter().map(parse).collect(),
            one => Some(vec![parse(one)?]),
        }
    }

    /// Whether it asks for accounts.
    pub fn is_of_accounts(&self) -> bool {
        ACCOUNT_METHODS.contains(&self.method.as_str())
    }

    /// The transaction or message that it carries.
    pub fn captured(&self) -> Option<Captured> {
        let asked = match self.method.as_str() {
            "sendTransaction" => Asked::ToSend,
            "simulateTransaction" => Asked::ToSimulate,
            "getFeeForMessage" => Asked::ForTheFee,
            _ => return None,
        };
        let text = self.params[0].as_str()?;
        let bytes = match self.config("encoding").and_then(Value::as_str) {
            None if asked == Asked::ToSend => bs58::decode(text).into_vec().ok()?,
            Some("base58") => bs58::decode(text).into_vec().ok()?,
            _ => BASE64_STANDARD.decode(text).ok()?,
        };
        Captured::read(asked, bytes)
    }

    /// Whether it carries an instruction of the program that fulfils a condition.
    pub fn carries(&self, is_it: impl Fn(&generion_interface::decode::Decoded) -> bool) -> bool {
        self.captured()
            .is_some_and(|captured| captured.decoded().iter().any(is_it))
    }
}
