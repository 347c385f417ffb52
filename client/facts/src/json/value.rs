use std::borrow::Cow;

/// A value of a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'a str),
    /// Without its escapes.
    String(Cow<'a, str>),
    Array(Vec<Self>),
    Object(Object<'a>),
}

/// An object. No name is in it twice.
#[derive(Debug, PartialEq, Eq)]
pub struct Object<'a> {
    /// Sorted by name.
    members: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Value<'a> {
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Whether an object in this value, or the value itself, has a member that `is_wanted`.
    pub fn has_member(&self, is_wanted: &impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Array(items) => items.iter().any(|item| item.has_member(is_wanted)),
            Self::Object(Object { members }) => members
                .iter()
                .any(|(name, value)| is_wanted(name) || value.has_member(is_wanted)),
            _ => false,
        }
    }
}

impl<'a> Object<'a> {
    /// `None`: a name is there twice.
    pub fn new(mut members: Vec<(Cow<'a, str>, Value<'a>)>) -> Option<Self> {
        members.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let is_distinct = members.windows(2).all(|pair| pair[0].0 != pair[1].0);
        is_distinct.then_some(Self { members })
    }

    /// The member with this name.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let index = self
            .members
            .binary_search_by(|(known, _)| known.as_ref().cmp(name));
        index.ok().map(|index| &self.members[index].1)
    }

    pub fn string(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    pub fn number(&self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    pub fn object(&self, name: &str) -> Option<&Self> {
        self.get(name)?.as_object()
    }

    /// The items of an array; none if the member is something else.
    pub fn items(&self, name: &str) -> &[Value<'a>] {
        match self.get(name) {
            Some(Value::Array(items)) => items,
            _ => &[],
        }
    }

    /// The objects in an array. Other items are passed over.
    pub fn objects<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s Self> + use<'s, 'a> {
        self.items(name).iter().filter_map(Value::as_object)
    }
}
