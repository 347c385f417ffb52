use std::{
    ffi::OsString,
    os::unix::{ffi::OsStringExt, fs::PermissionsExt},
};

use generion_interface::GenesisHash;
use solana_keypair::Keypair;
use solana_signer::Signer;

use generion_rpc::causes::with_causes;

use super::*;

fn name(file: &str) -> DocumentName {
    DocumentName {
        folder: "/documents".into(),
        file: file.into(),
        owner: "somebody".to_owned(),
        is_copy: false,
    }
}

fn attempt(file: &str) -> Attempt {
    Attempt {
        name: name(file),
        content: content(1),
        record: "record".to_owned(),
        signature: "signature".to_owned(),
        last_valid_height: 7,
    }
}

fn written(file: &str) -> Written {
    Written {
        name: name(file),
        content: content(1),
        record: "record".to_owned(),
    }
}

fn content(byte: u8) -> ContentDigest {
    hex::encode([byte; 32]).parse().unwrap()
}

fn header() -> Header {
    let deployment = Deployment {
        genesis: GenesisHash::LOCALNET,
        program_id: Address::default(),
    };
    let wallet = Keypair::new_from_array([1; 32]);
    let key = ContentKey::derive(&deployment, &wallet).unwrap();
    let ledger = Some("this one".to_owned());
    Header::new(&deployment, ledger, &wallet.pubkey(), &key)
}

/// A document with two attempts, of which the first reached the ledger.
fn journal(path: &Path) -> Journal {
    let mut journal = Journal::open(path).unwrap();
    journal.claim(header()).unwrap();
    journal.sending(vec![attempt("a"), attempt("b")]).unwrap();
    journal.confirmed(vec![written("a")]).unwrap();
    journal
}

#[test]
fn what_is_not_known_to_have_landed_is_uncertain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    drop(journal(&path));
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let mut again = Journal::open(&path).unwrap();
    again.claim(header()).unwrap();
    assert_eq!(again.uncertain(), [attempt("b")]);
    assert_eq!(again.written().collect::<Vec<_>>(), [&name("a")]);
    again.confirmed(vec![written("b")]).unwrap();
    assert_eq!(again.uncertain(), []);
}

#[test]
fn a_line_that_a_crash_cut_short_is_as_if_it_was_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    drop(journal(&path));
    let whole = std::fs::read(&path).unwrap();
    let last = whole[..whole.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    for cut in last..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let mut again = Journal::open(&path).unwrap();
        assert_eq!(
            again.uncertain(),
            [attempt("a"), attempt("b")],
            "cut at {cut}"
        );
        again.confirmed(vec![written("a")]).unwrap();
        drop(again);
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }
}

#[test]
fn a_journal_is_of_one_batch_and_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut first = journal(&path);
    let refusal = |path: &Path| match Journal::open(path) {
        Err(error) => with_causes(&error),
        Ok(_) => panic!("it was opened"),
    };
    assert!(refusal(&path).contains("another run is using it"));
    let others = [
        (
            Header {
                genesis: "another".to_owned(),
                ..header()
            },
            "on the ledger",
        ),
        (
            Header {
                local_ledger: Some("another".to_owned()),
                ..header()
            },
            "another local ledger",
        ),
        (
            Header {
                content_key: "another".to_owned(),
                ..header()
            },
            "signs another text",
        ),
    ];
    for (other, reason) in others {
        let refused = first.claim(other).unwrap_err().to_string();
        assert!(refused.contains(reason), "{refused}");
    }
    drop(first);
    let whole = std::fs::read_to_string(&path).unwrap();
    for (version, reason) in [
        (1, "version 1, whose records had numbers"),
        (2, "version 2, which knows documents by their names alone"),
        (4, "knows version 3"),
    ] {
        let other = whole.replacen("\"version\":3", &format!("\"version\":{version}"), 1);
        std::fs::write(&path, &other).unwrap();
        assert!(refusal(&path).contains(reason), "{}", refusal(&path));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
    }
    std::fs::write(&path, "something else\n").unwrap();
    assert!(refusal(&path).contains("not a batch's journal"));
    assert_eq!(std::fs::read(&path).unwrap(), b"something else\n");
}

/// Two names that are no text and look alike are two, also after the journal was read again.
#[test]
fn names_keep_their_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let names = [&b"caf\xe9.json"[..], b"caf\xe8.json", b"cafe.json"];
    let names = names.map(|bytes| DocumentName {
        file: OsString::from_vec(bytes.to_vec()).into(),
        ..name("")
    });
    assert_eq!(names[0].shown(), "caf\\xe9.json");
    let mut journal = journal(&path);
    let first = Written {
        name: names[0].clone(),
        ..written("")
    };
    journal.confirmed(vec![first]).unwrap();
    drop(journal);
    let again = Journal::open(&path).unwrap();
    let standings = names
        .each_ref()
        .map(|name| again.standing(name, &content(1)));
    assert_eq!(standings, [Standing::Written, Standing::New, Standing::New]);
}

/// A file's name alone does not make it the document that was written.
#[test]
fn a_document_is_known_by_folder_name_owner_and_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = journal(&path);
    let known = written("a");
    let corrected = Standing::Corrected(&known);
    assert_eq!(journal.standing(&name("a"), &content(1)), Standing::Written);
    assert_eq!(journal.standing(&name("a"), &content(2)), corrected);
    let elsewhere = DocumentName {
        folder: "/others".into(),
        ..name("a")
    };
    let of_another = DocumentName {
        owner: "another".to_owned(),
        ..name("a")
    };
    for other in [&elsewhere, &of_another] {
        assert_eq!(journal.standing(other, &content(1)), Standing::New);
    }
    assert_eq!(journal.elsewhere(&elsewhere, &content(1)), [known]);
    for (name, content) in [
        (&name("a"), content(1)),
        (&elsewhere, content(2)),
        (&of_another, content(1)),
    ] {
        assert_eq!(journal.elsewhere(name, &content), []);
    }
}

/// The attempt for an earlier content stays uncertain, whatever was written since.
#[test]
fn an_attempt_is_of_one_content() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = journal(&folder.path().join("journal"));
    let corrected = Written {
        content: content(2),
        ..written("b")
    };
    journal.confirmed(vec![corrected]).unwrap();
    assert_eq!(journal.uncertain(), [attempt("b")]);
}

/// A dry run looks at a journal as a run does, and leaves nothing behind.
#[test]
fn a_journal_is_created_once_the_batch_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut journal = Journal::open(&path).unwrap();
    journal.claim(header()).unwrap();
    journal.confirmed(Vec::new()).unwrap();
    assert!(!path.exists());

    journal.begin().unwrap();
    journal.begin().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1);
    drop(journal);
    let mut again = Journal::open(&path).unwrap();
    again.claim(header()).unwrap();
    again.begin().unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn of_two_runs_that_begin_a_journal_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut runs = [(); 2].map(|()| Journal::open(&path).unwrap());
    for run in &mut runs {
        run.claim(header()).unwrap();
    }
    let [first, second] = &mut runs;
    first.begin().unwrap();
    let refused = with_causes(&second.begin().unwrap_err());
    assert!(refused.contains("another run began it"), "{refused}");
}
