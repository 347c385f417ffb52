mod letters;

use std::collections::BTreeMap;

use curve25519_dalek::{RistrettoPoint, Scalar};
use ed25519_dalek::Signer;
use generion_crypto::keys::{StudySecret, study_key_line};
use generion_interface::facts::Fact;
use generion_studies::description::{
    Admission, Description, DescriptionError, DescriptionFile, Requirement, Text,
};
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use self::letters::{letters, refused_letters, refused_texts, texts};
use super::support::{
    address, address_of, base58, compress, deployment, genesis, hex, on_mainnet, study_secret,
    wallet,
};

const WARNING: &str = "WARNING: whoever has this signature can read all data that this study collects. Sign only in the Generion app.";

pub(super) fn all() -> Value {
    json!({
        "about": "Studies (docs/PROTOCOL.md, sections 2 and 12): keys, descriptions and letters. Files and texts are in UTF-8; bytes are hex. \
                  The sponsor's wallet signs each file of `descriptions` and `refused_descriptions`, unless a name says otherwise.",
        "keys": keys(),
        "descriptions": descriptions(),
        "refused_descriptions": refused_descriptions(),
        "letters": letters(),
        "refused_letters": refused_letters(),
        "texts": texts(),
        "refused_texts": refused_texts(),
    })
}

fn keys() -> Vec<Value> {
    let cases = [
        ("sponsor", deployment(), "study"),
        ("sponsor", deployment(), "another study"),
        ("sponsor", on_mainnet(), "study"),
        ("buyer", deployment(), "study"),
    ];
    let cases = cases.map(|(name, deployment, study)| {
        let (wallet, study) = (wallet(name), address(study));
        let line = format!(
            "Generion study key v1. {WARNING} genesis={} program={} study={study}",
            deployment.genesis, deployment.program_id
        );
        assert_eq!(line, study_key_line(&deployment, &study));
        let signature = wallet.sign(line.as_bytes()).to_bytes();
        let mut wide = [0; 64];
        Hkdf::<Sha512>::new(Some(b"generion/study-key/v1"), &signature)
            .expand(&[], &mut wide)
            .expect("64 bytes");
        let secret = Scalar::from_bytes_mod_order_wide(&wide);
        let derived = StudySecret::derive_from_wallet::<()>(
            &address_of(&wallet),
            &deployment,
            &study,
            |line| Ok(wallet.sign(line).to_bytes()),
        );
        let derived = derived.expect("a wallet that signs plain text");
        assert_eq!(*derived.to_bytes(), secret.to_bytes());
        let public = compress(&RistrettoPoint::mul_base(&secret));
        assert_eq!(derived.public_key().to_bytes(), public);
        json!({
            "wallet_seed": hex(wallet.to_bytes()),
            "wallet": base58(&address_of(&wallet)),
            "genesis": genesis(&deployment),
            "program_id": base58(&deployment.program_id),
            "study": base58(&study),
            "line": line,
            "signature": hex(signature),
            "secret": hex(secret.to_bytes()),
            "public_key": hex(public),
        })
    });
    cases.to_vec()
}

fn text(title: &str, ethics: Option<&str>) -> Text {
    Text {
        title: title.to_owned(),
        purpose: "To learn how HbA1c develops.".to_owned(),
        sponsor: "Institute of Example".to_owned(),
        contact: "study@institute.example".to_owned(),
        asked: "One laboratory result.".to_owned(),
        use_of_data: "Statistics, which are published.".to_owned(),
        retention: "Two years.".to_owned(),
        criteria: "HbA1c of 2025 or 2026.".to_owned(),
        ethics: ethics.map(ToOwned::to_owned),
    }
}

fn description() -> Description {
    let fact = |text: &str| -> Fact { text.parse().expect("a fact") };
    let required = |group, text: &str| Requirement {
        group,
        fact: fact(text),
    };
    let mut description = Description {
        study: address("study"),
        study_key: study_secret("sponsor", &address("study"))
            .public_key()
            .to_bytes(),
        admission: Admission::Open,
        reward: 50_000_000,
        delivery_window: 86_400,
        records: 1,
        creators: vec![address("clinic"), address("laboratory")],
        requirements: vec![
            required(0, "code=http://loinc.org|4548-4"),
            required(1, "year=2025"),
            required(1, "year=2026"),
        ],
        texts: BTreeMap::from([
            ("en".to_owned(), text("HbA1c", Some("Approved as 2026/17."))),
            (
                "de-CH".to_owned(),
                text("HbA1c in Zahlen \u{2014} \u{e4}\u{1f9ea}\n\"2026\"", None),
            ),
        ]),
        fhirpath: None,
    };
    description.sort();
    description
}

/// The file of a JSON text, signed by the sponsor: from the text of the protocol.
fn file(json: &str) -> Vec<u8> {
    let deployment = deployment();
    let line = format!(
        "Generion study v1. Sign only in the Generion app. genesis={} program={} study={} description={}",
        deployment.genesis,
        deployment.program_id,
        address("study"),
        hex::encode(Sha256::digest(json))
    );
    let signature = wallet("sponsor").sign(line.as_bytes()).to_bytes();
    let signature = bs58::encode(signature).into_string();
    format!("generion-study v1 {signature}\n{json}").into_bytes()
}

fn descriptions() -> Vec<Value> {
    let whole = description();
    let mut selection = description();
    selection.admission = Admission::Selection;
    (selection.creators, selection.requirements) = (Vec::new(), Vec::new());
    (selection.reward, selection.records) = (u64::MAX, 24);
    selection.fhirpath = Some("Observation.value.exists()".to_owned());
    let compact = serde_json::to_string(&whole).expect("JSON");
    let pretty = serde_json::to_string_pretty(&selection).expect("JSON");
    let escaped = compact.replace("Institute", "\\u0049nstitute");
    let spaced = format!(" \t\r\n{compact}\n");
    let cases = [
        ("open admission", compact),
        ("by selection, with lines", pretty),
        ("with an escaped letter", escaped),
        ("with white space around", spaced),
    ];
    let cases = cases.map(|(name, json)| {
        let bytes = file(&json);
        let read = DescriptionFile::read(bytes.clone()).expect("a description");
        let sponsor = address_of(&wallet("sponsor"));
        read.verify(deployment(), sponsor).expect("the sponsor's");
        let description = serde_json::to_value(read.description()).expect("JSON");
        json!({
            "name": name,
            "genesis": genesis(&deployment()),
            "program_id": base58(&deployment().program_id),
            "sponsor": base58(&sponsor),
            "file": String::from_utf8(bytes).expect("UTF-8"),
            "json_sha256": hex(Sha256::digest(&json)),
            "hash": hex(read.hash()),
            // Its numbers, and there are no others, are written as they are in the file.
            "description": description.to_string(),
        })
    });
    cases.to_vec()
}

fn refused_descriptions() -> Vec<Value> {
    let json = serde_json::to_string(&description()).expect("JSON");
    let whole = String::from_utf8(file(&json)).expect("UTF-8");
    let (head, _) = whole.split_once('\n').expect("a line");
    let changed = |old: &str, new: &str| {
        let changed = json.replacen(old, new, 1);
        assert_ne!(changed, json, "{old}");
        file(&changed)
    };
    let mut other_signature = whole.clone().into_bytes();
    other_signature.push(b' ');
    let cases = [
        ("nothing", Vec::new()),
        ("no first line", json.clone().into_bytes()),
        (
            "another version",
            whole.replacen("study v1", "study v2", 1).into_bytes(),
        ),
        (
            "two spaces before the signature",
            whole.replacen("v1 ", "v1  ", 1).into_bytes(),
        ),
        (
            "a carriage return",
            whole.replacen('\n', "\r\n", 1).into_bytes(),
        ),
        (
            "a byte order mark before the line",
            format!("\u{feff}{whole}").into_bytes(),
        ),
        (
            "a byte order mark before the JSON",
            file(&format!("\u{feff}{json}")),
        ),
        (
            "a signature of 63 bytes",
            format!("{}\n{json}", &head[..head.len() - 3]).into_bytes(),
        ),
        ("a signature over other bytes", other_signature),
        (
            "longer than 65,536 bytes",
            [whole.as_bytes(), &vec![b' '; 65_536]].concat(),
        ),
        ("no JSON", file("{")),
        ("a list", file("[]")),
        ("two values", file(&format!("{json}{json}"))),
        (
            "a name twice",
            changed("\"reward\":", "\"reward\":1,\"reward\":"),
        ),
        (
            "a name twice, in a requirement",
            changed("\"group\":", "\"group\":0,\"group\":"),
        ),
        (
            "a name twice, in a text",
            changed("\"title\":", "\"title\":\"a\",\"title\":"),
        ),
        (
            "a language twice",
            changed("\"texts\":{", "\"texts\":{\"en\":{},"),
        ),
        (
            "an escaped name twice",
            changed("\"reward\":", "\"rew\\u0061rd\":1,\"reward\":"),
        ),
        (
            "an unknown name",
            changed("\"reward\":", "\"note\":\"\",\"reward\":"),
        ),
        (
            "an unknown name, in a text",
            changed("\"title\":", "\"note\":\"\",\"title\":"),
        ),
        ("a missing name", changed("\"records\":1,", "")),
        ("a fraction", changed("50000000", "50000000.0")),
        ("an exponent", changed("50000000", "5e7")),
        ("a negative number", changed("50000000", "-1")),
        ("a negative zero", changed("50000000", "-0")),
        ("a leading zero", changed("50000000", "050000000")),
        (
            "a number above 64 bits",
            changed("50000000", "18446744073709551616"),
        ),
        ("a number as text", changed("50000000", "\"50000000\"")),
        (
            "null in the place of a text",
            changed("\"Approved as 2026/17.\"", "null"),
        ),
        ("an empty text", changed("\"Approved as 2026/17.\"", "\"\"")),
        ("a lone surrogate", changed("Institute", "\\ud800")),
        (
            "a line feed that is not escaped",
            changed("Institute", "\n"),
        ),
        ("no text", {
            let mut without = description();
            without.texts.clear();
            file(&serde_json::to_string(&without).expect("JSON"))
        }),
        ("a language in capitals", changed("\"en\":", "\"EN\":")),
        ("another way of admission", changed("\"open\"", "\"Open\"")),
        ("a fact without a value", changed("year=2025", "year=")),
        ("creators in another order", {
            let mut other = description();
            other.creators.reverse();
            file(&serde_json::to_string(&other).expect("JSON"))
        }),
        ("requirements in another order", {
            let mut other = description();
            other.requirements.reverse();
            file(&serde_json::to_string(&other).expect("JSON"))
        }),
        ("groups with a gap", changed("\"group\":0", "\"group\":2")),
    ];
    let cases = cases.map(|(name, bytes)| {
        let read = DescriptionFile::read(bytes.clone());
        let refused = read.and_then(|read| {
            let sponsor = address_of(&wallet("sponsor"));
            read.verify(deployment(), sponsor)
        });
        let error = match refused {
            Err(DescriptionError::TooLong(_)) => "too_long",
            Err(DescriptionError::Head) => "head",
            Err(DescriptionError::Json(_)) => "json",
            Err(DescriptionError::Order) => "order",
            Err(DescriptionError::Groups) => "groups",
            Err(DescriptionError::Signature(_)) => "signature",
            Ok(()) => panic!("{name} is taken"),
        };
        json!({"name": name, "file": hex(bytes), "error": error})
    });
    cases.to_vec()
}
