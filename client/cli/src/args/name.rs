//! The names that users type for a record, a share, an order or a purchase.

use std::str::FromStr;

use solana_address::Address;

/// The least characters of an address that stand for it.
const SHORTEST: usize = 4;
/// The characters of addresses.
const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The text that a user typed for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// All of it.
    Address(Address),
    /// The beginning of an address, perhaps with its end behind an ellipsis; or, if it has only digits, an order's number.
    Short(String),
    /// An order's number, and its seller.
    OrderOf(Address, u64),
}

impl Name {
    /// The number of one of the user's own orders.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Short(text) if is_number(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        if let Some((seller, number)) = text.split_once('/') {
            return match (seller.parse(), number.parse()) {
                (Ok(seller), Ok(number)) => Ok(Self::OrderOf(seller, number)),
                _ => Err(
                    "expected a seller's address and an order's number, as in SELLER/0".to_owned(),
                ),
            };
        }
        // As tables show it, or the first part of that alone.
        let (head, tail) = text.split_once('…').unwrap_or((text, ""));
        let is_base58 = |text: &str| text.bytes().all(|byte| BASE58.contains(&byte));
        let is_prefix = head.len() >= SHORTEST && is_base58(head) && is_base58(tail);
        match is_prefix || is_number(text) && text.parse::<u64>().is_ok() {
            true => Ok(Self::Short(text.to_owned())),
            false => Err(format!(
                "expected an address, or at least the first {SHORTEST} characters of one"
            )),
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_an_address_its_beginning_or_an_orders_number() {
        let address = Address::new_from_array([7; 32]);
        let whole = address.to_string();
        assert_eq!(whole.parse(), Ok(Name::Address(address)));
        assert_eq!(format!("{whole}/3").parse(), Ok(Name::OrderOf(address, 3)));
        let short = |text: &str| text.parse::<Name>();
        assert_eq!(short(&whole[..4]), Ok(Name::Short(whole[..4].to_owned())));
        assert_eq!(short("0").unwrap().number(), Some(0));
        assert_eq!(short("1234").unwrap().number(), Some(1234));
        assert_eq!(short("abcd").unwrap().number(), None);
        let long = format!("{whole}1");
        for nonsense in [
            "",
            "abc",
            "0OIl",
            "ab/1",
            "/1",
            "-1",
            "10000000000000000000000",
            "a b c d",
        ] {
            assert!(short(nonsense).is_err(), "{nonsense}");
        }
        assert!(
            short("abcd…wxyz").is_ok() && short("abc…wxyz").is_err() && short("…wxyz").is_err()
        );
        // Longer than any address: it is the beginning of none, which is found when it is looked up.
        assert_eq!(short(&long), Ok(Name::Short(long.clone())));
    }
}
