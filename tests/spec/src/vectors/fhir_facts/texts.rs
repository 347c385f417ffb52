//! Which texts are read.

use generion_crypto::facts::MAX_CONTENT;

use super::case::{Case, case, observation};

/// The facts of an Observation with nothing but its status.
const BARE: [&str; 2] = ["resource=Observation", "status=final"];

fn nested(levels: usize) -> String {
    // The Observation is a level, too.
    let arrays = levels - 1;
    observation(&format!(
        r#""x":{}{}"#,
        "[".repeat(arrays),
        "]".repeat(arrays)
    ))
}

pub(super) fn all() -> Vec<Case> {
    let bare = r#"{"resourceType":"Observation","status":"final"}"#;
    let with = |members: &str| observation(members);
    vec![
        case("a document that is no JSON", "%PDF-1.7", &[]),
        case("an empty document", "", &[]),
        case(
            "white space of all four kinds",
            format!("\t\r\n {bare}\n"),
            &BARE,
        ),
        case(
            "white space that JSON doesn't have",
            format!("\u{a0}{bare}"),
            &[],
        ),
        case("a byte order mark", format!("\u{feff}{bare}"), &[]),
        case(
            "a second value behind the first",
            format!("{bare} {{}}"),
            &[],
        ),
        case("an array around the resource", format!("[{bare}]"), &[]),
        case(
            "a comma behind the last member",
            r#"{"resourceType":"Observation","status":"final",}"#,
            &[],
        ),
        case("a comment", with(r#""x":1/**/"#), &[]),
        case("UTF-8", with(r#""x":"Größe \u20ac 𝄞""#), &BARE),
        case(
            "bytes that are no UTF-8",
            [with(r#""x":""#).into_bytes(), b"\xff".to_vec()].concat(),
            &[],
        ),
        case(
            "a surrogate in UTF-8",
            [
                br#"{"resourceType":"Observation","status":"final","x":""#.to_vec(),
                b"\xed\xa0\x80\"}".to_vec(),
            ]
            .concat(),
            &[],
        ),
        case(
            "a pair of surrogates that are escaped",
            with(r#""x":"\ud834\uDD1E""#),
            &BARE,
        ),
        case("a high surrogate alone", with(r#""x":"\ud834""#), &[]),
        case(
            "a high surrogate before another character",
            with(r#""x":"\ud834\u0041""#),
            &[],
        ),
        case(
            "a low surrogate alone, in a name",
            with(r#""\udd1e":0"#),
            &[],
        ),
        case("a noncharacter", with("\"x\":\"\u{ffff}\""), &[]),
        case(
            "a noncharacter that is escaped",
            with(r#""x":"\ufdd0""#),
            &[],
        ),
        case(
            "a noncharacter of another plane, escaped as a pair",
            with(r#""x":"\ud83f\udffe""#),
            &[],
        ),
        case(
            "the character before the noncharacters",
            with(r#""x":"\ufdcf\ufffd""#),
            &BARE,
        ),
        case(
            "a control character that is not escaped",
            with("\"x\":\"\t\""),
            &[],
        ),
        case(
            "a control character that is escaped, and the character behind the tilde",
            with("\"x\":\"\\u0000\u{7f}\""),
            &BARE,
        ),
        case(
            "an escape that JSON doesn't have",
            with(r#""x":"\x41""#),
            &[],
        ),
        case("a name twice", with(r#""x":1,"x":1"#), &[]),
        case(
            "a name twice, once with an escape",
            with(r#""x":1,"\u0078":1"#),
            &[],
        ),
        case(
            "a name twice in a contained resource",
            with(r#""contained":[{"id":"a","id":"a"}]"#),
            &[],
        ),
        case(
            "the same name in two objects",
            with(r#""x":{"x":{"x":1}}"#),
            &BARE,
        ),
        case(
            "names and values with escapes",
            r#"{"resource\u0054ype":"Obser\u0076ation","status":"fin\u0061l"}"#,
            &BARE,
        ),
        case("64 levels", nested(64), &BARE),
        case("65 levels", nested(65), &[]),
        case(
            "numbers beyond all measure",
            with(r#""x":[1E400,-0,1e-99999999999999999999]"#),
            &BARE,
        ),
        case("a number with a leading zero", with(r#""x":01"#), &[]),
        case("a number with a point and no digit", with(r#""x":1."#), &[]),
        case("a number with a plus sign", with(r#""x":+1"#), &[]),
        case("a word that JSON doesn't have", with(r#""x":NaN"#), &[]),
        case("as long as a document may be", bare, &BARE).filled(MAX_CONTENT),
        case("a byte longer than a document may be", bare, &[]).filled(MAX_CONTENT + 1),
    ]
}
