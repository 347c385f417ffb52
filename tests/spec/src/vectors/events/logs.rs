use base64::{Engine, prelude::BASE64_STANDARD};
use generion_interface::events::{Event, from_logs};
use serde_json::{Value, json};
use solana_address::Address;

use crate::vectors::support::{address, program};

/// Logs with events of the program, and with events of others.
pub(super) fn all(cases: &[Value]) -> Vec<Value> {
    let line = |index: usize| cases[index]["log"].as_str().expect("a line").to_owned();
    let longer = |index: usize| {
        let data = cases[index]["data"].as_str().expect("a text");
        let data = hex::decode(format!("{data}00")).expect("hex");
        format!("Program data: {}", BASE64_STANDARD.encode(data))
    };
    let (own, foreign) = (program(), address("another program"));
    let invoke = |id: &Address, depth: u8| format!("Program {id} invoke [{depth}]");
    let success = |id: &Address| format!("Program {id} success");
    let cases = [
        (
            "one instruction",
            vec![invoke(&own, 1), line(2), success(&own)],
        ),
        (
            "two instructions",
            vec![
                invoke(&own, 1),
                line(2),
                success(&own),
                invoke(&own, 1),
                line(3),
                success(&own),
            ],
        ),
        (
            "after a call to another program",
            vec![
                invoke(&own, 1),
                invoke(&foreign, 2),
                success(&foreign),
                line(1),
                success(&own),
            ],
        ),
        (
            "called by another program",
            vec![
                invoke(&foreign, 1),
                invoke(&own, 2),
                line(1),
                success(&own),
                line(2),
                success(&foreign),
            ],
        ),
        (
            "logged by a program that it called",
            vec![
                invoke(&own, 1),
                invoke(&foreign, 2),
                line(2),
                success(&foreign),
                success(&own),
            ],
        ),
        (
            "logged by another program",
            vec![invoke(&foreign, 1), line(2), success(&foreign)],
        ),
        (
            "after the program ended",
            vec![invoke(&own, 1), success(&own), line(2)],
        ),
        (
            "text that looks like an end",
            vec![
                invoke(&foreign, 1),
                format!("Program log: Program {foreign} success"),
                line(2),
                success(&foreign),
            ],
        ),
        (
            "a program that failed",
            vec![
                invoke(&own, 1),
                invoke(&foreign, 2),
                format!("Program {foreign} failed: custom program error: 0x1"),
                line(2),
                success(&own),
            ],
        ),
        (
            "data that is no event",
            vec![
                invoke(&own, 1),
                "Program data: AAAA".to_owned(),
                "Program data: ?".to_owned(),
                success(&own),
            ],
        ),
        (
            "an event cut short",
            vec![
                invoke(&own, 1),
                line(2)[..line(2).len() - 4].to_owned(),
                success(&own),
            ],
        ),
        (
            "an event with a byte too many",
            vec![invoke(&own, 1), longer(2), success(&own)],
        ),
        (
            "an event with a list and a byte too many",
            vec![invoke(&own, 1), longer(6), line(6), success(&own)],
        ),
    ];
    let logs = cases.into_iter().map(|(name, lines)| {
        let events = from_logs(&own, lines.iter().map(String::as_str));
        let events: Vec<_> = events.iter().map(Event::name).collect();
        json!({"name": name, "lines": lines, "events": events})
    });
    logs.collect()
}
