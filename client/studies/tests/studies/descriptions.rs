//! What a participant agrees to is the same for every reader, and signed.

use generion_studies::description::{
    Admission, Description, DescriptionError, DescriptionFile, Difference, MAX_FILE,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{
    CLINIC, DEPLOYMENT, LABORATORY, STUDY, address, description, required, sign, sponsor, text,
};

/// The file with other JSON behind the line of a real one.
fn with_json(json: &str) -> Result<DescriptionFile, DescriptionError> {
    let file = sign(&description());
    let end = file.bytes().iter().position(|byte| *byte == b'\n').unwrap();
    DescriptionFile::read([&file.bytes()[..=end], json.as_bytes()].concat())
}

fn as_value() -> Value {
    serde_json::to_value(description()).unwrap()
}

/// The JSON of the sample with one member changed.
fn with(pointer: &str, value: Value) -> Result<DescriptionFile, DescriptionError> {
    let mut changed = as_value();
    *changed.pointer_mut(pointer).unwrap() = value;
    with_json(&changed.to_string())
}

#[test]
fn a_description_is_signed_and_read_back() {
    let file = sign(&description());
    let first = file.bytes().split(|byte| *byte == b'\n').next().unwrap();
    assert!(first.starts_with(b"generion-study v1 "), "{first:?}");
    let read = DescriptionFile::read(file.bytes().to_vec()).unwrap();
    assert!(read == file);
    assert_eq!(*read.description(), description());
    assert!(read.verify(DEPLOYMENT, sponsor().1).is_ok());
    let whole: [u8; 32] = Sha256::digest(file.bytes()).into();
    assert_eq!(read.hash(), whole);
    // Every member is there, and nothing that is absent is written as null.
    let value = as_value();
    assert_eq!(value["use_of_data"], Value::Null);
    assert_eq!(value["texts"]["en"]["use"], "statistics");
    assert_eq!(value["study_key"], "ab".repeat(32));
    assert!(!value.to_string().contains("null"), "{value}");
}

#[test]
fn another_sponsors_or_deployments_signature_is_refused() {
    let file = sign(&description());
    let mut other = DEPLOYMENT;
    other.genesis.0[0] ^= 1;
    for (deployment, wallet) in [(other, sponsor().1), (DEPLOYMENT, CLINIC)] {
        let verified = file.verify(deployment, wallet);
        assert!(matches!(verified, Err(DescriptionError::Signature(_))));
    }
    // Every byte of the JSON is signed: also white space, which changes nothing for a reader.
    let mut bytes = file.bytes().to_vec();
    bytes.push(b' ');
    let padded = DescriptionFile::read(bytes).unwrap();
    assert_eq!(padded.description(), file.description());
    assert_ne!(padded.hash(), file.hash());
    let verified = padded.verify(DEPLOYMENT, sponsor().1);
    assert!(matches!(verified, Err(DescriptionError::Signature(_))));
}

#[test]
fn a_signer_that_signs_something_else_is_refused() {
    let signed = DescriptionFile::sign(&description(), DEPLOYMENT, sponsor().1, |_| {
        Ok::<_, ()>([1; 64])
    });
    assert!(signed.is_err());
    let signed = DescriptionFile::sign(&description(), DEPLOYMENT, sponsor().1, |_| Err("locked"));
    assert!(signed.is_err());
}

/// The sponsor is not asked to sign what nobody reads.
#[test]
fn a_description_that_no_reader_takes_is_not_signed() {
    let mut twice = description();
    twice.creators.push(CLINIC);
    let mut gap = description();
    gap.requirements.push(required(7, "gender=female"));
    let mut long = description();
    long.texts.get_mut("en").unwrap().purpose = "x".repeat(MAX_FILE);
    let mut without_text = description();
    without_text.texts.clear();
    for (index, refused) in [twice, gap, without_text].iter().enumerate() {
        let signed =
            DescriptionFile::sign(refused, DEPLOYMENT, sponsor().1, |_| -> Result<_, ()> {
                panic!("{index} was signed")
            });
        assert!(signed.unwrap().is_err(), "{index}");
    }
    let (key, wallet) = sponsor();
    let signed = DescriptionFile::sign(&long, DEPLOYMENT, wallet, |line| {
        Ok::<_, ()>(ed25519_dalek::Signer::sign(&key, line).to_bytes())
    });
    assert!(matches!(signed, Ok(Err(DescriptionError::TooLong(_)))));
}

#[test]
fn a_file_without_its_line_is_refused() {
    let file = sign(&description());
    let text = String::from_utf8(file.bytes().to_vec()).unwrap();
    let (head, json) = text.split_once('\n').unwrap();
    let signature = head.strip_prefix("generion-study v1 ").unwrap();
    for changed in [
        json.to_owned(),
        String::new(),
        head.to_owned(),
        format!("\u{feff}{text}"),
        format!("generion-study v2 {signature}\n{json}"),
        format!("generion-study v1  {signature}\n{json}"),
        format!("generion-study v1 {signature}\r\n{json}"),
        format!("generion-study v1 {signature}1\n{json}"),
        format!("generion-study v1 {}\n{json}", &signature[1..]),
        format!("generion-study v1 \n{json}"),
    ] {
        let read = DescriptionFile::read(changed.clone().into_bytes());
        assert!(matches!(read, Err(DescriptionError::Head)), "{changed}");
    }
    let long = [file.bytes(), &vec![b' '; MAX_FILE]].concat();
    let read = DescriptionFile::read(long);
    assert!(matches!(read, Err(DescriptionError::TooLong(_))));
    let fits = [file.bytes(), &vec![b' '; MAX_FILE - file.bytes().len()]].concat();
    assert!(DescriptionFile::read(fits).is_ok());
}

/// Two readers that take such a text could show two things for one consent.
#[test]
fn json_with_two_meanings_is_refused() {
    let json = as_value().to_string();
    let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
    for (old, new) in [
        // A name twice, at each level.
        ("\"reward\":50000000", "\"reward\":1,\"reward\":50000000"),
        ("\"group\":0", "\"group\":0,\"group\":0"),
        ("\"contact\":", "\"title\":\"HbA1c\",\"contact\":"),
        ("\"texts\":{", "\"texts\":{\"en\":{},"),
        // An unknown name.
        ("\"reward\":", "\"note\":1,\"reward\":"),
        ("\"group\":0", "\"group\":0,\"note\":null"),
        ("\"contact\":", "\"note\":\"\",\"contact\":"),
        ("\"reward\":", &format!("\"note\":{deep},\"reward\":")),
        // Numbers.
        ("50000000", "50000000.0"),
        ("50000000", "5e7"),
        ("50000000", "-0"),
        ("50000000", "-1"),
        ("50000000", "050000000"),
        ("50000000", "\"50000000\""),
        ("50000000", "18446744073709551616"),
        ("\"records\":1", "\"records\":256"),
        // Not JSON, or more than one.
        ("statistics", "\\ud800"),
        ("statistics", "\n"),
        ("\"records\":1", "\"records\":1,"),
    ] {
        let changed = json.replacen(old, new, 1);
        assert_ne!(changed, json, "{old}");
        let read = with_json(&changed);
        assert!(matches!(read, Err(DescriptionError::Json(_))), "{new}");
    }
    for changed in [
        format!("\u{feff}{json}"),
        format!("{json}{json}"),
        "[]".into(),
        "".into(),
    ] {
        assert!(
            matches!(with_json(&changed), Err(DescriptionError::Json(_))),
            "{changed}"
        );
    }
    assert!(with_json(&json).is_ok());
}

#[test]
fn values_have_one_spelling() {
    for (pointer, value) in [
        ("/study", json!("7")),
        ("/study", json!(format!("{STUDY} "))),
        ("/study_key", json!("AB".repeat(32))),
        ("/study_key", json!("ab".repeat(31))),
        ("/admission", json!("Open")),
        ("/creators/0", json!("")),
        ("/creators/0", Value::Null),
        ("/requirements/0/fact", json!("no fact")),
        ("/requirements/0/fact", json!("code=\u{e4}")),
        ("/texts/en/title", json!("")),
        ("/texts/en/ethics", Value::Null),
        ("/texts/en/ethics", json!("")),
        ("/texts", json!({})),
    ] {
        let read = with(pointer, value.clone());
        assert!(
            matches!(read, Err(DescriptionError::Json(_))),
            "{pointer} {value}"
        );
    }
    for language in [
        "",
        "e",
        "EN",
        "en_US",
        "en-",
        "english",
        "en-123456789",
        "1n",
    ] {
        let mut changed = as_value();
        let text = changed["texts"]["en"].clone();
        changed["texts"] = json!({ language: text });
        let read = with_json(&changed.to_string());
        assert!(matches!(read, Err(DescriptionError::Json(_))), "{language}");
    }
    for language in ["en", "de-CH", "gsw", "zh-Hant-TW"] {
        let mut changed = as_value();
        let text = changed["texts"]["en"].clone();
        changed["texts"] = json!({ language: text });
        assert!(with_json(&changed.to_string()).is_ok(), "{language}");
    }
}

#[test]
fn lists_have_the_ledgers_order() {
    let [first, second] = [CLINIC, LABORATORY].map(|creator| creator.to_string());
    for creators in [json!([second, first]), json!([first, first])] {
        let read = with("/creators", creators);
        assert!(matches!(read, Err(DescriptionError::Order)));
    }
    let mut requirements = as_value()["requirements"].as_array().unwrap().clone();
    requirements.reverse();
    let read = with("/requirements", json!(requirements));
    assert!(matches!(read, Err(DescriptionError::Order)));
    // One fact in two groups.
    let fact = &requirements[0]["fact"];
    let twice = json!([{"group": 0, "fact": fact}, {"group": 1, "fact": fact}]);
    let read = with("/requirements", twice);
    assert!(matches!(read, Err(DescriptionError::Order)));
    for group in [1, 255] {
        let gap = json!([{"group": group, "fact": fact}]);
        let read = with("/requirements", gap);
        assert!(matches!(read, Err(DescriptionError::Groups)), "{group}");
    }
    let none = with("/requirements", json!([])).unwrap();
    assert_eq!(none.description().groups(), 0);
}

/// What a node shows has to be what the sponsor signed. A requirement whose text nobody sees is how a sponsor would find one
/// person.
#[test]
fn the_ledger_says_the_same() {
    let signed = description();
    let ledger = signed.terms();
    assert_eq!(signed.difference(&ledger), None);
    let changed = |change: fn(&mut Description)| {
        let mut changed = description();
        change(&mut changed);
        signed.difference(&changed.terms())
    };
    assert_eq!(
        changed(|one| one.study = address(9)),
        Some(Difference::Study)
    );
    assert_eq!(
        changed(|one| one.study_key = [1; 32]),
        Some(Difference::StudyKey)
    );
    let selection = changed(|one| one.admission = Admission::Selection);
    assert_eq!(selection, Some(Difference::Admission));
    assert_eq!(changed(|one| one.reward -= 1), Some(Difference::Reward));
    let window = changed(|one| one.delivery_window += 1);
    assert_eq!(window, Some(Difference::DeliveryWindow));
    assert_eq!(changed(|one| one.records += 1), Some(Difference::Records));
    let creators = changed(|one| one.creators.push(address(30)));
    assert_eq!(creators, Some(Difference::Creators));
    let group = changed(|one| one.requirements[0].group ^= 1);
    assert_eq!(group, Some(Difference::Requirements));
    let hidden = changed(|one| {
        let document = format!("ciphertext-sha256={}", "ab".repeat(32));
        one.requirements.push(required(0, &document));
        one.sort();
    });
    assert_eq!(hidden, Some(Difference::Requirements));
    let names = [Difference::Study, Difference::Requirements].map(|one| one.to_string());
    assert_eq!(names, ["study", "requirements"]);
}

#[test]
fn a_text_is_found_in_every_case() {
    let mut description = description();
    assert_eq!(description.text("de").unwrap().1.title, "HbA1c in Zahlen");
    assert_eq!(description.text("fr").unwrap().0, "en");
    description.texts.remove("en");
    assert_eq!(description.text("fr").unwrap().0, "de");
    description.texts.clear();
    assert_eq!(description.text("en"), None);
    description.texts.insert("it".to_owned(), text("HbA1c"));
    assert_eq!(description.text("it").unwrap().0, "it");
}
