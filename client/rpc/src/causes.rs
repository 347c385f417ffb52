//! An error together with its causes. Each error of a library says one thing; a program joins the errors of a chain when it
//! shows them.

use std::error::Error;

use crate::url::redacted_urls;

/// The error's text and the texts of its sources, joined by colons, in one line. Sources can be errors of other libraries, so
/// secrets in the addresses that they quote are hidden. A source that the text before it quotes already, as some libraries do,
/// is left out.
pub fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut before = text.clone();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = redacted_urls(&cause.to_string());
        if !before.contains(&words) {
            text = format!("{text}: {words}");
        }
        before = words;
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Failed {
        text: &'static str,
        source: io::Error,
    }

    fn failed(text: &'static str, source: &str) -> String {
        let source = io::Error::other(source.to_owned());
        with_causes(&Failed { text, source })
    }

    #[test]
    fn causes_follow_in_their_order() {
        assert_eq!(
            failed("can't use a.json", "no space"),
            "can't use a.json: no space"
        );
    }

    #[test]
    fn what_a_text_quotes_is_not_repeated() {
        assert_eq!(
            failed("it failed: no space", "no space"),
            "it failed: no space"
        );
    }

    #[test]
    fn addresses_in_causes_have_no_secrets() {
        let text = failed(
            "it failed",
            "can't post (https://user:password@node.example:1/key?api-key=1), or \"wss://b.example/key\".",
        );
        assert_eq!(
            text,
            "it failed: can't post (https://node.example:1), or \"wss://b.example\"."
        );
    }
}
