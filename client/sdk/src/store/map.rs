use core::str::FromStr;

use generion_interface::locator::StoreUrl;

/// The present addresses of stores: their owners' addresses change, and records don't. Documents from there are checked as all
/// documents are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreMap(Vec<MovedStore>);

/// A store that is somewhere else than locators say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedStore {
    /// The store's address in locators.
    pub old: StoreUrl,
    /// The store's present address.
    pub new: StoreUrl,
}

/// The text is not two addresses of stores with `=` in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "give the address in the records, =, and the address now: https://old.example=https://new.example"
)]
pub struct InvalidMovedStore;

impl FromStr for MovedStore {
    type Err = InvalidMovedStore;

    fn from_str(text: &str) -> Result<Self, InvalidMovedStore> {
        // Addresses of stores have no `=`.
        let (old, new) = text.split_once('=').ok_or(InvalidMovedStore)?;
        Ok(Self {
            old: old.parse().map_err(|_| InvalidMovedStore)?,
            new: new.parse().map_err(|_| InvalidMovedStore)?,
        })
    }
}

impl StoreMap {
    /// With these moves.
    pub const fn new(moved: Vec<MovedStore>) -> Self {
        Self(moved)
    }

    /// The addresses to look for a document at: the locator's stores, and then their present addresses.
    pub fn stores<'a>(&'a self, named: &'a [StoreUrl]) -> impl Iterator<Item = &'a StoreUrl> {
        let moved = named.iter().flat_map(|store| {
            let of_store = self.0.iter().filter(move |moved| moved.old == *store);
            of_store.map(|moved| &moved.new)
        });
        named.iter().chain(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_stores_come_behind_those_of_the_locator() {
        let [a, b] = ["https://a.example", "https://b.example"].map(|url| url.parse().unwrap());
        let moved = [
            "https://b.example=https://c.example",
            "https://x.example=https://y.example",
        ];
        let map = StoreMap::new(moved.map(|text| text.parse().unwrap()).to_vec());
        let named = [a, b];
        let stores: Vec<_> = map.stores(&named).map(StoreUrl::as_str).collect();
        assert_eq!(
            stores,
            [
                "https://a.example",
                "https://b.example",
                "https://c.example"
            ]
        );
    }

    #[test]
    fn a_move_is_two_addresses() {
        for text in ["", "https://a.example", "https://a.example=", "a=b"] {
            assert_eq!(text.parse::<MovedStore>(), Err(InvalidMovedStore), "{text}");
        }
    }
}
