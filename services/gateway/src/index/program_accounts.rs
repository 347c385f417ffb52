//! Reads `getProgramAccounts` account by account: with a million records the answer has a gigabyte, which is never held.

use std::{
    cell::Cell,
    fmt,
    io::{self, BufReader, Read},
    rc::Rc,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use solana_address::Address;

/// More than an account of the program takes in JSON: the greatest, a purchase of 24 records, has 1,772 bytes.
const MAX_ACCOUNT_BYTES: usize = 64 * 1024;

/// An account as a node shows it: nothing of it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownAccount {
    /// The address that the node shows it at.
    pub address: Address,
    /// The program that it belongs to.
    pub owner: Address,
    /// The account's balance.
    pub lamports: u64,
    /// The account's data.
    pub data: Vec<u8>,
}

/// Why an answer can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The node refused.
    #[error("the node answers with an error: {0}")]
    Refused(String),
    /// The answer is cut, is not a list of accounts, or has an account of more than 64 KiB.
    #[error("the node's answer can't be read")]
    Unreadable(#[source] serde_json::Error),
    /// The answer names no slot, so that nothing says how old it is.
    #[error("the node's answer names no slot")]
    NoSlot,
}

/// Reads a node's answer, with its context, and hands each account to `on_account`, which ends the reading by an error.
/// Returns the slot of the state that the answer is of.
///
/// # Errors
/// [`AnswerError`]; accounts that came before it have been handed on.
pub fn read(
    answer: impl Read,
    on_account: impl FnMut(ShownAccount) -> Result<(), String>,
) -> Result<u64, AnswerError> {
    let left = Rc::new(Cell::new(MAX_ACCOUNT_BYTES));
    let bounded = Bounded {
        answer: BufReader::with_capacity(64 * 1024, answer),
        left: Rc::clone(&left),
    };
    let mut json = serde_json::Deserializer::from_reader(bounded);
    let answer = AnswerSeed { on_account, left };
    let answer = answer
        .deserialize(&mut json)
        .map_err(AnswerError::Unreadable)?;
    if let Some(error) = answer.error {
        return Err(AnswerError::Refused(error.message));
    }
    answer.slot.ok_or(AnswerError::NoSlot)
}

/// Ends an answer that is too long without the end of an account.
struct Bounded<R> {
    answer: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            return Err(io::Error::other(
                "an account in it is longer than any account of the program",
            ));
        }
        let take = buffer.len().min(left);
        let read = self.answer.read(&mut buffer[..take])?;
        self.left.set(left - read);
        Ok(read)
    }
}

/// A JSON-RPC answer without its accounts.
#[derive(Default)]
struct Answer {
    slot: Option<u64>,
    error: Option<RpcError>,
}

#[derive(Deserialize)]
struct RpcError {
    message: String,
}

#[derive(Deserialize)]
struct Context {
    slot: u64,
}

#[derive(Deserialize)]
struct Entry {
    pubkey: String,
    account: EntryAccount,
}

#[derive(Deserialize)]
struct EntryAccount {
    lamports: u64,
    owner: String,
    data: (String, String),
}

impl Entry {
    fn shown(self) -> Result<ShownAccount, String> {
        let address = |text: &str| text.parse().map_err(|_| format!("{text:?} is no address"));
        let (data, encoding) = self.account.data;
        if encoding != "base64" {
            return Err(format!("its data are in {encoding}, not in base64"));
        }
        Ok(ShownAccount {
            address: address(&self.pubkey)?,
            owner: address(&self.account.owner)?,
            lamports: self.account.lamports,
            data: BASE64_STANDARD
                .decode(data)
                .map_err(|error| format!("its data are no base64: {error}"))?,
        })
    }
}

/// Reads the whole answer.
struct AnswerSeed<F> {
    on_account: F,
    left: Rc<Cell<usize>>,
}

impl<'de, F: FnMut(ShownAccount) -> Result<(), String>> DeserializeSeed<'de> for AnswerSeed<F> {
    type Value = Answer;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Answer, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, F: FnMut(ShownAccount) -> Result<(), String>> Visitor<'de> for AnswerSeed<F> {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer of JSON-RPC")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Answer, A::Error> {
        let mut answer = Answer::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "result" => {
                    let seed = ResultSeed {
                        on_account: &mut self.on_account,
                        left: &self.left,
                    };
                    answer.slot = map.next_value_seed(seed)?;
                }
                "error" => answer.error = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(answer)
    }
}

/// Reads the result: its context, and its accounts.
struct ResultSeed<'a, F> {
    on_account: &'a mut F,
    left: &'a Cell<usize>,
}

impl<'de, F: FnMut(ShownAccount) -> Result<(), String>> DeserializeSeed<'de> for ResultSeed<'_, F> {
    type Value = Option<u64>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de, F: FnMut(ShownAccount) -> Result<(), String>> Visitor<'de> for ResultSeed<'_, F> {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("accounts with the context that they are of")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut slot = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "context" => slot = Some(map.next_value::<Context>()?.slot),
                "value" => map.next_value_seed(AccountsSeed {
                    on_account: &mut *self.on_account,
                    left: self.left,
                })?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(slot)
    }
}

/// Reads the accounts.
struct AccountsSeed<'a, F> {
    on_account: &'a mut F,
    left: &'a Cell<usize>,
}

impl<'de, F: FnMut(ShownAccount) -> Result<(), String>> DeserializeSeed<'de>
    for AccountsSeed<'_, F>
{
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(ShownAccount) -> Result<(), String>> Visitor<'de> for AccountsSeed<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of accounts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(entry) = list.next_element::<Entry>()? {
            self.left.set(MAX_ACCOUNT_BYTES);
            let shown = entry.shown().map_err(A::Error::custom)?;
            (self.on_account)(shown).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(byte: u8, data: &str) -> String {
        let address = Address::new_from_array([byte; 32]);
        format!(
            r#"{{"account":{{"data":["{data}","base64"],"executable":false,"lamports":7,"owner":"{address}","rentEpoch":0,"space":3}},"pubkey":"{address}"}}"#
        )
    }

    fn answer(accounts: &[String]) -> String {
        let accounts = accounts.join(",");
        format!(
            r#"{{"jsonrpc":"2.0","result":{{"context":{{"apiVersion":"3.1","slot":42}},"value":[{accounts}]}},"id":1}}"#
        )
    }

    fn read_all(answer: &str) -> (Result<u64, AnswerError>, Vec<ShownAccount>) {
        let mut accounts = Vec::new();
        let slot = read(answer.as_bytes(), |account| {
            accounts.push(account);
            Ok(())
        });
        (slot, accounts)
    }

    #[test]
    fn each_account_is_handed_on_and_the_slot_returned() {
        let (slot, accounts) = read_all(&answer(&[account(1, "AQID"), account(2, "")]));
        assert_eq!(slot.unwrap(), 42);
        let read: Vec<_> = (accounts.iter())
            .map(|account| (account.address.to_bytes()[0], account.data.as_slice()))
            .collect();
        assert_eq!(read, [(1, [1, 2, 3].as_slice()), (2, &[])]);
        assert_eq!(accounts[0].lamports, 7);
        assert_eq!(accounts[1].owner, Address::new_from_array([2; 32]));
    }

    #[test]
    fn what_a_node_refuses_is_told_in_its_words() {
        let refused = r#"{"jsonrpc":"2.0","error":{"code":-32010,"message":"excluded from account secondary indexes"},"id":1}"#;
        let (slot, accounts) = read_all(refused);
        assert!(accounts.is_empty());
        assert!(
            matches!(slot, Err(AnswerError::Refused(reason)) if reason.contains("secondary indexes"))
        );
    }

    #[test]
    fn an_answer_without_a_slot_is_refused() {
        let (slot, _) = read_all(r#"{"result":{"value":[]}}"#);
        assert!(matches!(slot, Err(AnswerError::NoSlot)));
    }

    #[test]
    fn a_cut_answer_is_refused_behind_the_accounts_that_came() {
        let whole = answer(&[account(1, "AQID"), account(2, "AQID")]);
        let (slot, accounts) = read_all(&whole[..whole.len() - 40]);
        assert!(matches!(slot, Err(AnswerError::Unreadable(_))));
        assert!(!accounts.is_empty());
    }

    #[test]
    fn an_account_without_an_end_is_refused_before_it_fills_the_memory() {
        let endless = io::repeat(b'A');
        let start = answer(&[]).replace("]}", r#"{"account":{"data":[""#);
        let mut read_bytes = 0;
        let counted = Counted {
            inner: start.as_bytes().chain(endless),
            read: &mut read_bytes,
        };
        assert!(matches!(
            read(counted, |_| Ok(())),
            Err(AnswerError::Unreadable(_))
        ));
        assert!(read_bytes <= 3 * MAX_ACCOUNT_BYTES, "{read_bytes}");
    }

    #[test]
    fn whoever_takes_the_accounts_can_end_the_reading() {
        let mut count = 0;
        let whole = answer(&[account(1, ""), account(2, ""), account(3, "")]);
        let slot = read(whole.as_bytes(), |_| {
            count += 1;
            Err("enough".to_owned())
        });
        assert!(
            matches!(slot, Err(AnswerError::Unreadable(error)) if error.to_string().contains("enough"))
        );
        assert_eq!(count, 1);
    }

    struct Counted<'a, R> {
        inner: R,
        read: &'a mut usize,
    }

    impl<R: Read> Read for Counted<'_, R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.inner.read(buffer)?;
            *self.read += read;
            Ok(read)
        }
    }
}
