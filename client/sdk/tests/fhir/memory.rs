//! How much memory it takes to look into a document, whatever is in it.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    fmt::Write as _,
};

use generion_client::{Opaque, Revealed, RevealedKind};

use crate::look;

/// Counts what each thread has.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // Threads that end have nobody to count for them.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
}

// SAFETY: it hands everything on to the system's.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

const MIB: usize = 1 << 20;
/// Of one text, name or number, in bytes: more than all may take.
const LONG: usize = 48 * MIB;
/// Values that would take ten times as much as all may, if each were kept.
const MANY: usize = 1_000_000;
/// What looking into any of them may take, the tables of FHIR R4 included.
const MOST_MEMORY: usize = 32 * MIB;

/// What is found in a document, and the most memory that it took to find it, in bytes.
fn measured(document: &str) -> (Revealed, usize) {
    let before = HELD.get();
    MOST.set(before);
    let revealed = look(document);
    (revealed, usize::try_from(MOST.get() - before).unwrap_or(0))
}

#[track_caller]
fn measured_resource(document: &str) -> u64 {
    let (revealed, memory) = measured(document);
    assert!(memory < MOST_MEMORY, "{} MiB", memory / MIB);
    match revealed {
        Revealed::Resource(resource) => resource.counts().values().sum(),
        Revealed::Opaque(why) => panic!("it can't be looked into: {why}"),
    }
}

#[track_caller]
fn measured_opaque(document: &str) -> Opaque {
    let (revealed, memory) = measured(document);
    assert!(memory < MOST_MEMORY, "{} MiB", memory / MIB);
    match revealed {
        Revealed::Resource(_) => panic!("it was looked into"),
        Revealed::Opaque(why) => why,
    }
}

/// A document with many items in it, and a comma between them.
fn listed(begin: &str, end: &str, count: usize, item: impl Fn(&mut String, usize)) -> String {
    let mut document = begin.to_owned();
    for number in 0..count {
        if number > 0 {
            document.push(',');
        }
        item(&mut document, number);
    }
    document.push_str(end);
    document
}

/// Something long in quotes.
fn long() -> String {
    format!("\"{}\"", "A".repeat(LONG))
}

#[test]
fn a_long_type_with_many_names_takes_little() {
    let names = [r#"{"text":"Mara Quill"}"#; 1000].join(",");
    let document = format!(r#"{{"name":[{names}],"resourceType":{}}}"#, long());
    assert!(matches!(
        measured_opaque(&document),
        Opaque::UnknownResourceType { name } if name == format!("{}…", "A".repeat(60))
    ));
}

#[test]
fn long_texts_names_and_numbers_take_little() {
    let text = format!(r#"{{"resourceType":"Binary","data":{}}}"#, long());
    assert_eq!(measured_resource(&text), 1);
    let name = format!(r#"{{"resourceType":"Binary",{}:1}}"#, long());
    assert!(matches!(measured_opaque(&name), Opaque::TooLong { .. }));
    let number = format!(
        r#"{{"resourceType":"Bundle","total":{}}}"#,
        "9".repeat(LONG)
    );
    assert!(matches!(measured_opaque(&number), Opaque::TooLong { .. }));
}

#[test]
fn many_different_values_are_counted_where_they_do_not_fit() {
    let document = listed(
        r#"{"resourceType":"Patient","name":[{"given":["#,
        "]}]}",
        MANY,
        |document, number| {
            // Writing to a string can't fail.
            let _ = write!(document, "\"{number}\"");
        },
    );
    let (revealed, memory) = measured(&document);
    assert!(memory < MOST_MEMORY, "{} MiB", memory / MIB);
    let Revealed::Resource(resource) = revealed else {
        panic!("it can't be looked into")
    };
    assert_eq!(resource.counts()[&RevealedKind::Name], MANY as u64);
    assert!(resource.unlisted[&RevealedKind::Name] > MANY as u64 / 2);
}

#[test]
fn many_different_values_deep_down_take_no_more() {
    let deep = 50;
    let document = listed(
        &format!(
            r#"{{"resourceType":"Questionnaire",{}"item":["#,
            r#""item":[{"#.repeat(deep)
        ),
        &format!("]{}}}", "}]".repeat(deep)),
        MANY / 2,
        |document, number| {
            let _ = write!(document, r#"{{"text":"{number}"}}"#);
        },
    );
    assert_eq!(measured_resource(&document), MANY as u64 / 2);
}

#[test]
fn many_resources_that_name_their_type_late_take_no_more() {
    let document = listed(
        r#"{"resourceType":"Bundle","contained":["#,
        "]}",
        250_001,
        |document, _| document.push_str(r#"{"id":"","resourceType":"Basic"}"#),
    );
    assert_eq!(measured_opaque(&document), Opaque::TooManyResources);
}
