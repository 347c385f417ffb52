//! Parsers of values that several commands take.

use generion_client::{PriorityPrice, locator::StoreUrl};
use solana_address::Address;
use url::Url;

/// A priority price in micro-lamports.
pub fn priority_price(text: &str) -> Result<PriorityPrice, String> {
    let number = |digits: &str| digits.parse::<u64>().ok();
    let price = match text.strip_prefix("market:") {
        Some(max) => number(max).map(|max| PriorityPrice::Market { max }),
        None => number(text).map(|price| match price {
            0 => PriorityPrice::None,
            price => PriorityPrice::Fixed(price),
        }),
    };
    price.ok_or_else(|| {
        "expected a number of micro-lamports, such as 5000, or market:5000".to_owned()
    })
}

/// An address in base58.
pub fn address(text: &str) -> Result<Address, String> {
    text.parse()
        .map_err(|_| "expected an address: 32 bytes in base58".to_owned())
}

/// A document store.
pub fn store_url(text: &str) -> Result<StoreUrl, String> {
    let text = text.strip_suffix('/').unwrap_or(text);
    match text.parse::<StoreUrl>() {
        Ok(url) if url.scheme() != "file" => Ok(url),
        Ok(_) => Err("expected the http or https URL of a document store".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A document in a store.
pub fn document_url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err("expected the http or https URL of a document".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_fixed_or_the_markets() {
        assert_eq!(priority_price("0"), Ok(PriorityPrice::None));
        assert_eq!(priority_price("5000"), Ok(PriorityPrice::Fixed(5_000)));
        assert_eq!(
            priority_price("market:7"),
            Ok(PriorityPrice::Market { max: 7 })
        );
        for nonsense in ["", "-1", "1SOL", "market", "market:"] {
            assert!(priority_price(nonsense).is_err(), "{nonsense}");
        }
    }
}
