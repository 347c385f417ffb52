//! JSON documents as trees. Numbers keep their text, and members their order.

use struson::reader::{JsonReader, JsonStreamReader, ReaderSettings, ValueType};

use crate::error::Unreadable;

/// Largest document, in bytes.
pub(crate) const LARGEST: usize = 16 << 20;
/// Deepest nesting.
const DEEPEST: u32 = 64;

/// Members of an object.
pub(crate) type Members = Vec<(String, Node)>;

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Boolean(bool),
    /// As it is written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Members),
}

/// The order of members means nothing.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(one), Self::Boolean(other)) => one == other,
            (Self::Number(one), Self::Number(other)) | (Self::Text(one), Self::Text(other)) => {
                one == other
            }
            (Self::List(one), Self::List(other)) => one == other,
            // No name is there twice.
            (Self::Object(one), Self::Object(others)) => {
                one.len() == others.len()
                    && one
                        .iter()
                        .all(|(name, value)| member(others, name) == Some(value))
            }
            _ => false,
        }
    }
}

impl Node {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(crate) fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_object(&self) -> Option<&Members> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The items of a list, or none.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// A member of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        member(self.as_object()?, name)
    }
}

pub(crate) fn member<'a>(members: &'a Members, name: &str) -> Option<&'a Node> {
    let found = members.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value)
}

/// Reads a document: RFC 8259 in UTF-8, without a byte order mark, without a name that is there twice in an object.
pub(crate) fn read(document: &[u8]) -> Result<Node, Unreadable> {
    if document.len() > LARGEST {
        return Err(Unreadable::TooLarge);
    }
    let settings = ReaderSettings {
        max_nesting_depth: Some(DEEPEST),
        // Numbers stay texts.
        restrict_number_values: false,
        ..ReaderSettings::default()
    };
    let mut json = JsonStreamReader::new_custom(document, settings);
    let node = value(&mut json)?;
    json.consume_trailing_whitespace()
        .map_err(|_| Unreadable::NotJson)?;
    Ok(node)
}

fn value(json: &mut impl JsonReader) -> Result<Node, Unreadable> {
    fn of<T, E>(result: Result<T, E>) -> Result<T, Unreadable> {
        result.map_err(|_| Unreadable::NotJson)
    }
    Ok(match of(json.peek())? {
        ValueType::Null => {
            of(json.next_null())?;
            Node::Null
        }
        ValueType::Boolean => Node::Boolean(of(json.next_bool())?),
        ValueType::Number => Node::Number(of(json.next_number_as_string())?),
        ValueType::String => Node::Text(of(json.next_string())?),
        ValueType::Array => {
            let mut items = Vec::new();
            of(json.begin_array())?;
            while of(json.has_next())? {
                items.push(value(json)?);
            }
            of(json.end_array())?;
            Node::List(items)
        }
        ValueType::Object => {
            let mut members = Members::new();
            let mut names = std::collections::HashSet::new();
            of(json.begin_object())?;
            while of(json.has_next())? {
                let name = of(json.next_name_owned())?;
                if !names.insert(name.clone()) {
                    return Err(Unreadable::Repeated);
                }
                members.push((name, value(json)?));
            }
            of(json.end_object())?;
            Node::Object(members)
        }
    })
}

/// Writes a document, without whitespace.
pub(crate) fn write(node: &Node) -> String {
    let mut text = String::new();
    write_to(node, &mut text);
    text
}

fn write_to(node: &Node, text: &mut String) {
    match node {
        Node::Null => text.push_str("null"),
        Node::Boolean(true) => text.push_str("true"),
        Node::Boolean(false) => text.push_str("false"),
        Node::Number(number) => text.push_str(number),
        Node::Text(value) => write_text(value, text),
        Node::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_to(item, text);
            }
            text.push(']');
        }
        Node::Object(members) => {
            text.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_text(name, text);
                text.push(':');
                write_to(value, text);
            }
            text.push('}');
        }
    }
}

fn write_text(value: &str, text: &mut String) {
    text.push_str(&serde_json::Value::from(value).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_and_written_to_the_byte() {
        let text = r#"{"a":[1.50,-0,1E2,true,null,"\"é\n"],"b":{"c":{}}}"#;
        assert_eq!(write(&read(text.as_bytes()).unwrap()), text);
        let other = r#" {"b":{"c":{}}, "a":[1.50,-0,1E2,true,null,"\"\u00e9\n"]} "#;
        assert_eq!(
            read(text.as_bytes()).unwrap(),
            read(other.as_bytes()).unwrap()
        );
        assert_ne!(read(b"[1.5]").unwrap(), read(b"[1.50]").unwrap());
    }

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        for (text, error) in [
            (r#"{"a":1,"a":1}"#, Unreadable::Repeated),
            ("{", Unreadable::NotJson),
            ("1 2", Unreadable::NotJson),
            ("\u{feff}{}", Unreadable::NotJson),
            ("[01]", Unreadable::NotJson),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err(), error, "{text}");
        }
        assert_eq!(read(b"\"\xff\"").unwrap_err(), Unreadable::NotJson);
        assert_eq!(
            read(&[b'['; 70]).unwrap_err(),
            Unreadable::NotJson,
            "too deep"
        );
        let large = vec![b' '; LARGEST + 1];
        assert_eq!(read(&large).unwrap_err(), Unreadable::TooLarge);
    }
}
