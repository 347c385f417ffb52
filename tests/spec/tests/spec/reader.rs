//! Reads bytes with the interface description only: little-endian integers, no padding, and a u32 length before data of
//! variable length.

use serde_json::{Map, Value, json};
use solana_address::Address;

/// The description.
pub struct Reader(pub Value);

impl Reader {
    /// An entry of a list in the description.
    #[track_caller]
    pub fn item(&self, list: &str, name: &str) -> &Value {
        self.0[list]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == name)
            .unwrap_or_else(|| panic!("no {name} among the {list}"))
    }

    /// The discriminator and the fields of an account or event.
    pub fn read(&self, list: &str, name: &str, data: &[u8]) -> Value {
        let mut rest = data;
        let discriminator = bytes_of(&self.item(list, name)["discriminator"]);
        assert_eq!(
            take(&mut rest, discriminator.len()),
            discriminator,
            "{name}"
        );
        let fields = self.defined(name, &mut rest);
        assert!(rest.is_empty(), "{name}: bytes are left");
        fields
    }

    /// The discriminator and the arguments of an instruction.
    pub fn read_instruction(&self, name: &str, data: &[u8]) -> Value {
        let mut rest = data;
        let instruction = self.item("instructions", name);
        let discriminator = bytes_of(&instruction["discriminator"]);
        assert_eq!(
            take(&mut rest, discriminator.len()),
            discriminator,
            "{name}"
        );
        let args = match instruction["args"].as_array().unwrap().as_slice() {
            [] => json!({}),
            [one] => self.value(&one["type"], &mut rest),
            more => panic!("{name} has {} arguments", more.len()),
        };
        assert!(rest.is_empty(), "{name}: bytes are left");
        args
    }

    fn defined(&self, name: &str, rest: &mut &[u8]) -> Value {
        let described = self.item("types", name);
        if let Some(item) = described.get("remainder") {
            if item == "u8" {
                return hex::encode(std::mem::take(rest)).into();
            }
            return std::iter::from_fn(|| (!rest.is_empty()).then(|| self.value(item, rest)))
                .collect();
        }
        let fields = described["type"]["fields"].as_array().unwrap();
        let fields = fields.iter().map(|field| {
            let name = field["name"].as_str().unwrap().to_owned();
            (name, self.value(&field["type"], rest))
        });
        Value::Object(fields.collect::<Map<_, _>>())
    }

    /// A value in the form of the vectors: 64-bit integers as strings, bytes in hex, addresses in base58, `None` as null.
    fn value(&self, kind: &Value, rest: &mut &[u8]) -> Value {
        match kind.as_str() {
            Some("u8") => take(rest, 1)[0].into(),
            Some("u32") => length(rest).into(),
            Some("u64") => u64::from_le_bytes(take(rest, 8).try_into().unwrap())
                .to_string()
                .into(),
            Some("i64") => i64::from_le_bytes(take(rest, 8).try_into().unwrap())
                .to_string()
                .into(),
            Some("pubkey") => {
                let bytes: [u8; 32] = take(rest, 32).try_into().unwrap();
                Address::new_from_array(bytes).to_string().into()
            }
            Some("string") => {
                let len = length(rest) as usize;
                std::str::from_utf8(take(rest, len)).unwrap().into()
            }
            Some("bytes") => {
                let len = length(rest) as usize;
                hex::encode(take(rest, len)).into()
            }
            Some(other) => panic!("unknown type {other}"),
            None if kind["defined"]["name"].is_string() => {
                self.defined(kind["defined"]["name"].as_str().unwrap(), rest)
            }
            None if kind["array"][0] == "u8" => {
                let len = kind["array"][1].as_u64().unwrap() as usize;
                hex::encode(take(rest, len)).into()
            }
            None if !kind["array"].is_null() => {
                let len = kind["array"][1].as_u64().unwrap();
                (0..len)
                    .map(|_| self.value(&kind["array"][0], rest))
                    .collect()
            }
            None if !kind["option"].is_null() => match take(rest, 1) {
                [0] => Value::Null,
                [1] => self.value(&kind["option"], rest),
                other => panic!("an option that begins with {other:?}"),
            },
            None if !kind["vec"].is_null() => {
                let len = length(rest);
                (0..len).map(|_| self.value(&kind["vec"], rest)).collect()
            }
            None => panic!("unknown type {kind}"),
        }
    }
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (taken, left) = rest.split_at_checked(len).expect("enough bytes");
    *rest = left;
    taken
}

fn length(rest: &mut &[u8]) -> u32 {
    u32::from_le_bytes(take(rest, 4).try_into().unwrap())
}

/// A list of numbers as bytes.
pub fn bytes_of(list: &Value) -> Vec<u8> {
    serde_json::from_value(list.clone()).unwrap()
}
