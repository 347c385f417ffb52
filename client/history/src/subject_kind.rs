/// The kinds of subjects that a history can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubjectKind {
    /// A wallet that has published an encryption key, together with its User account. Either address names it.
    User,
    /// A wallet without a User account, for example of a clinic or a buyer.
    Wallet,
    /// A record and its shares.
    Record,
    /// A share.
    Share,
    /// An order and its purchases.
    Order,
    /// A purchase; or all purchases that one buyer made of one order, since they have the same address.
    Purchase,
    /// A study with its seats and applications.
    Study,
    /// An application for a seat in a study.
    Application,
}

impl SubjectKind {
    /// The kind in lower case, for people and for JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Wallet => "wallet",
            Self::Record => "record",
            Self::Share => "share",
            Self::Order => "order",
            Self::Purchase => "purchase",
            Self::Study => "study",
            Self::Application => "application",
        }
    }
}
