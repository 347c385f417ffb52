/// A value of a made-up document.
#[derive(Clone, Debug, PartialEq)]
pub enum Made {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    String(String),
    Array(Vec<Made>),
    /// No name is there twice.
    Object(Vec<(String, Made)>),
}
