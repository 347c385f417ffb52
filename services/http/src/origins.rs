//! The origins of web apps.

use serde::Deserialize;
use thiserror::Error;
use url::{Origin, Url};

/// The origins of the web apps that may use a server from a browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub enum Origins {
    /// Every origin.
    #[default]
    Any,
    /// These origins, such as `https://app.example`.
    Listed(Vec<String>),
}

/// An origin is not in the form in which browsers send it.
#[derive(Debug, Error)]
#[error(
    "{0:?} is not an origin: use scheme and host, with the port unless it is the default of the scheme, such as \
     \"https://app.example\", or only \"*\" for all origins"
)]
pub struct InvalidOrigins(String);

impl TryFrom<Vec<String>> for Origins {
    type Error = InvalidOrigins;

    fn try_from(origins: Vec<String>) -> Result<Self, InvalidOrigins> {
        if origins == ["*"] {
            return Ok(Self::Any);
        }
        match origins.iter().find(|origin| !is_origin(origin)) {
            Some(other) => Err(InvalidOrigins(other.clone())),
            None => Ok(Self::Listed(origins)),
        }
    }
}

/// Whether a browser sends an origin exactly like this.
fn is_origin(text: &str) -> bool {
    let origin = Url::parse(text).map(|url| url.origin());
    !text.contains('*')
        && origin.is_ok_and(|origin| match origin {
            Origin::Tuple(..) => origin.ascii_serialization() == text,
            // Apps with their own browser shell have such origins (`capacitor://localhost`, `chrome-extension://...`).
            Origin::Opaque(_) => text.split_once("://").is_some_and(|(scheme, host)| {
                !scheme.is_empty() && !host.is_empty() && !host.contains('/')
            }),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_in_the_form_of_browsers_are_accepted() {
        let parse = |text: &str| Origins::try_from(vec![text.to_owned()]);
        assert_eq!(parse("*").unwrap(), Origins::Any);
        for origin in [
            "https://app.example",
            "http://localhost:5173",
            "https://[::1]:8443",
            "capacitor://localhost",
        ] {
            let listed = Origins::Listed(vec![origin.to_owned()]);
            assert_eq!(parse(origin).unwrap(), listed);
        }
        for text in [
            "",
            "app.example",
            "https://app.example/",
            "https://app.example:443",
            "https://App.Example",
            "https://user@app.example",
            "null",
            "https://*.example",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let both = vec!["*".to_owned(), "https://app.example".to_owned()];
        assert!(Origins::try_from(both).is_err());
        assert_eq!(Origins::try_from(vec![]).unwrap(), Origins::Listed(vec![]));
    }
}
