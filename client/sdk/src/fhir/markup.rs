//! The readable parts of markup and of long URLs.

/// The words of a narrative, without its tags.
pub(super) fn words(xhtml: &str) -> String {
    let mut words = String::with_capacity(xhtml.len());
    let mut rest = xhtml;
    while let Some(start) = rest.find('<') {
        push_text(&rest[..start], &mut words);
        // Most tags separate two words for a reader.
        words.push(' ');
        rest = after_tag(&rest[start..]);
    }
    push_text(rest, &mut words);
    one_line(&words)
}

/// A text in one line, with one space where it has more.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The end of a URL, which names its meaning.
pub(super) fn last_segment(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    url.rsplit_once('/').map_or(url, |(_, last)| last)
}

/// A text that is cut where it has more characters, with an ellipsis.
pub(super) fn shorten(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn after_tag(tag: &str) -> &str {
    if let Some(comment) = tag.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return &tag[at + 1..],
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    ""
}

fn push_text(text: &str, words: &mut String) {
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        words.push_str(&rest[..start]);
        rest = &rest[start..];
        match rest
            .split_once(';')
            .and_then(|(name, after)| Some((character(&name[1..])?, after)))
        {
            Some((character, after)) => {
                words.push(character);
                rest = after;
            }
            None => {
                words.push('&');
                rest = &rest[1..];
            }
        }
    }
    words.push_str(rest);
}

/// The character that an entity stands for, as far as XML and narratives have them.
fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(number) => u32::from_str_radix(number, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrative_is_stripped_to_what_it_says() {
        for (xhtml, said) in [
            (
                "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p><b>Name</b>: Mara&nbsp;Quill</p></div>",
                "Name : Mara Quill",
            ),
            (
                "<div><table title=\"a>b\"><tr><td>1</td><td>2</td></tr></table></div>",
                "1 2",
            ),
            (
                "<div>a &lt;b&gt; &amp; c &#8211; &#x41; &unknown; &</div>",
                "a <b> & c – A &unknown; &",
            ),
            (
                "<div>before<!-- <p>hidden</p> -->after</div>",
                "before after",
            ),
            ("<div>cut <span style=\"col", "cut"),
            ("<div/>", ""),
        ] {
            assert_eq!(words(xhtml), said);
        }
    }

    #[test]
    fn a_url_is_stripped_to_its_last_part() {
        assert_eq!(
            last_segment("https://clinic.example/fhir/StructureDefinition/maiden-name"),
            "maiden-name"
        );
        assert_eq!(last_segment("https://clinic.example/"), "clinic.example");
        assert_eq!(last_segment("ombCategory"), "ombCategory");
    }
}
