use generion_interface::{locator::StoreUrl, store::DocumentId};
use serde_json::{Value, json};

use super::support::seed;

pub(super) fn all() -> Value {
    let document = DocumentId::from_bytes(seed("ciphertext"));
    let label = "l".repeat(63);
    let longest = format!("https://{label}.{label}.{label}.{}", "l".repeat(61));
    let cases = [
        "https://store.example",
        "http://store.example",
        "https://store.example:8443",
        "https://store.example:80",
        "http://store.example:443",
        "https://store.example:1",
        "https://store.example:65535",
        "https://localhost",
        "https://a",
        "https://xn--mnchen-3ya.example",
        "https://a-b.c--d.example",
        "https://0x7f.example",
        "https://1.2.3.4",
        "https://0.0.0.0",
        "http://127.0.0.1:8787",
        "https://[::1]",
        "https://[2001:db8::1]:8443",
        "https://[2001:db8::1:0:0:1]",
        "https://[::]",
        "https://[::102:304]",
        "https://store.example/a",
        "https://store.example/a/b.c/-_~",
        "https://store.example/...",
        "https://store.example/A",
        "file:///srv/store",
        "file:///a",
        &longest,
    ];
    let cases = cases.map(|text| {
        let url: StoreUrl = text
            .parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(url.as_str(), text);
        json!({
            "url": text,
            "scheme": url.scheme(),
            "host": url.host(),
            "document": url.document(&document),
        })
    });
    json!({
        "about": "Addresses of document stores (docs/PROTOCOL.md, section 3): there is one text of each. `host` has the port, \
                  as the header `Host` has it. `document` is the address of the document with the id below. What is refused \
                  is no address in this form, whatever a browser makes of it.",
        "document_id": document.to_string(),
        "cases": cases,
        "refused": refused(),
    })
}

fn refused() -> Vec<Value> {
    let label = "l".repeat(63);
    let long_label = format!("https://l{label}.example");
    let long_name = format!("https://{label}.{label}.{label}.{}", "l".repeat(62));
    let cases = [
        ("nothing", ""),
        ("no scheme", "store.example"),
        ("a scheme alone", "https://"),
        ("one slash", "https:/store.example"),
        ("another scheme", "ftp://store.example"),
        ("a scheme in capitals", "HTTPS://store.example"),
        ("a space before it", " https://store.example"),
        ("a space behind it", "https://store.example "),
        ("a slash at the end", "https://store.example/"),
        ("a slash at the end of the path", "https://store.example/a/"),
        ("an empty segment", "https://store.example//a"),
        ("the segment .", "https://store.example/./a"),
        ("the segment ..", "https://store.example/a/.."),
        ("a percent sign", "https://store.example/%41"),
        ("a space in the path", "https://store.example/a b"),
        (
            "a character beyond ASCII in the path",
            "https://store.example/\u{e4}",
        ),
        ("a line break", "https://store.example/a\n"),
        ("a backslash", "https://store.example\\a"),
        ("a query", "https://store.example?a"),
        ("a query behind a path", "https://store.example/a?b"),
        ("a fragment", "https://store.example#a"),
        ("an empty fragment", "https://store.example/a#"),
        ("a user", "https://user@store.example"),
        ("a user with a password", "https://user:word@store.example"),
        ("an empty user", "https://@store.example"),
        ("a capital in the host", "https://Store.example"),
        ("a dot behind the host", "https://store.example."),
        ("a dot before the host", "https://.store.example"),
        ("an empty label", "https://store..example"),
        ("a hyphen before a label", "https://-store.example"),
        ("a hyphen behind a label", "https://store-.example"),
        ("an underscore", "https://st_ore.example"),
        ("a host beyond ASCII", "https://m\u{fc}nchen.example"),
        ("an escaped dot in the host", "https://store%2eexample"),
        ("a colon without a port", "https://store.example:"),
        ("port 0", "https://store.example:0"),
        ("the port of https", "https://store.example:443"),
        ("the port of http", "http://store.example:80"),
        (
            "a port with a zero before it",
            "https://store.example:08443",
        ),
        ("a port with a sign", "https://store.example:+8443"),
        ("a port of 17 bits", "https://store.example:65536"),
        ("two ports", "https://store.example:8443:8443"),
        ("a port without a host", "https://:8443"),
        ("an IPv4 address as one number", "https://1"),
        ("an IPv4 address of three numbers", "https://1.2.3"),
        (
            "an IPv4 address with a zero before a number",
            "https://1.2.3.04",
        ),
        ("an IPv4 address of five numbers", "https://1.2.3.4.5"),
        ("an IPv4 address out of range", "https://1.2.3.256"),
        (
            "a name whose last label is a hexadecimal number",
            "https://store.0x7f",
        ),
        ("a name whose last label is 0x", "https://store.0x"),
        ("a name whose last label is a number", "https://store.1"),
        ("an IPv6 address without brackets", "https://::1"),
        ("a bracket that is not closed", "https://[::1"),
        ("a bracket that was not opened", "https://::1]"),
        ("nothing in brackets", "https://[]"),
        ("a second bracket", "https://[::1]]"),
        ("a letter before the bracket", "https://a[::1]"),
        ("a letter behind the bracket", "https://[::1]a"),
        ("an IPv6 address not shortened", "https://[0:0:0:0:0:0:0:1]"),
        (
            "an IPv6 address with a zero before a number",
            "https://[::01]",
        ),
        ("an IPv6 address in capitals", "https://[2001:DB8::1]"),
        (
            "an IPv4 address within one of IPv6",
            "https://[::ffff:1.2.3.4]",
        ),
        ("the same in numbers", "https://[::ffff:102:304]"),
        (
            "an IPv6 address that ends as one of IPv4",
            "https://[::1.2.3.4]",
        ),
        ("a zone", "https://[fe80::1%25eth0]"),
        ("a file without a path", "file://"),
        ("a file with the path /", "file:///"),
        ("a file on a host", "file://host/a"),
        ("a file with a query", "file:///a?b"),
        ("a label of 64 characters", &long_label),
        ("a name of 254 characters", &long_name),
    ];
    let cases = cases.map(|(name, text)| {
        assert!(text.parse::<StoreUrl>().is_err(), "{name}");
        json!({"name": name, "url": text})
    });
    cases.to_vec()
}
