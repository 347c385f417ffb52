//! Codes that say nothing but what they mean: those of well-known terminologies, told by their form, and by their check
//! digit where they have one. HL7's own are told by their lists.

use crate::{Element, definitions, units};

/// Whether a code is formed as those of a terminology are.
type CodeForm = fn(&str) -> bool;

/// Terminologies by their URLs.
const TERMINOLOGIES: [(&str, CodeForm); 29] = [
    ("http://loinc.org", is_loinc),
    ("http://snomed.info/sct", is_snomed),
    ("http://www.nlm.nih.gov/research/umls/rxnorm", |code| {
        is_digits(code, 1, 7)
    }),
    ("http://unitsofmeasure.org", units::is_ucum),
    ("http://hl7.org/fhir/sid/icd-10", is_icd_10),
    ("http://hl7.org/fhir/sid/icd-10-cm", is_icd_10),
    ("http://hl7.org/fhir/sid/icd-10-de", is_icd_10),
    ("http://hl7.org/fhir/sid/icd-10-nl", is_icd_10),
    ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", is_icd_10),
    ("http://fhir.de/CodeSystem/dimdi/icd-10-gm", is_icd_10),
    ("http://hl7.org/fhir/sid/icd-9-cm", is_icd_9),
    ("http://hl7.org/fhir/sid/cvx", |code| is_digits(code, 1, 3)),
    ("http://hl7.org/fhir/sid/ndc", is_ndc),
    ("http://www.whocc.no/atc", is_atc),
    ("http://fhir.de/CodeSystem/bfarm/atc", is_atc),
    ("http://www.ama-assn.org/go/cpt", is_cpt),
    // Race and ethnicity, of the CDC.
    ("urn:oid:2.16.840.1.113883.6.238", is_race),
    ("http://dicom.nema.org/resources/ontology/DCM", is_dicom),
    ("http://www.genenames.org", is_gene),
    ("http://www.genenames.org/geneId", is_gene),
    ("urn:iso:std:iso:3166", is_country),
    ("urn:iso:std:iso:4217", is_currency),
    ("urn:ietf:bcp:47", is_language),
    ("urn:ietf:bcp:13", is_media_type),
    // Of identifiers, which name whose numbers these are.
    ("http://hl7.org/fhir/sid/us-ssn", |_| false),
    ("http://hl7.org/fhir/sid/us-npi", |_| false),
    ("http://hl7.org/fhir/sid/us-medicare", |_| false),
    ("http://hl7.org/fhir/sid/us-mbi", |_| false),
    ("urn:ietf:rfc:3986", |_| false),
];

/// Kinds of images that DICOM has letters for.
const MODALITIES: &str =
    "AU BI CR CT DG DX ECG EPS ES GM IO IVUS LS MG MR NM OCT OP PT RF SC SM US XA";
const MEDIA_TYPES: &str = "application/dicom application/fhir+json application/fhir+xml application/gzip application/hl7-cda+xml \
    application/hl7-v3+xml application/json application/octet-stream application/pdf application/rtf \
    application/xml application/zip audio/mpeg image/gif image/jpeg image/png image/tiff text/html text/plain \
    text/xml video/mp4";
/// ISO 4217.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD \
    HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL \
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB \
    RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES \
    VND VUV WST XAF XCD XOF XPF YER ZAR ZMW";

/// Whether a URL names a terminology whose codes are known here.
pub fn is_terminology(url: &str) -> bool {
    TERMINOLOGIES.iter().any(|(known, _)| *known == url)
        || definitions().is_in_code_system(url, "").is_some()
}

/// Whether a code is one of a well-known terminology.
pub fn is_code(system: &str, code: &str) -> bool {
    let known = TERMINOLOGIES.iter().find(|(known, _)| *known == system);
    known.map_or_else(
        || {
            definitions()
                .is_in_code_system(system, code)
                .unwrap_or(false)
        },
        |(_, is_formed)| is_formed(code),
    )
}

/// `en`, or `de-AT`.
pub fn is_language(text: &str) -> bool {
    let (language, region) = text.split_once('-').unwrap_or((text, "AA"));
    language.len() == 2
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && is_country(region)
}

/// Whether a text is a media type, one of the usual ones.
pub fn is_media_type(text: &str) -> bool {
    let text = text.strip_suffix("charset=utf-8").map_or(text, |text| {
        text.trim_end().strip_suffix(';').unwrap_or(text)
    });
    is_in(MEDIA_TYPES, text)
}

/// Whether a text is a currency of ISO 4217.
pub fn is_currency(text: &str) -> bool {
    is_in(CURRENCIES, text)
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_digits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits with a check digit after ISO/IEC 7812 behind a hyphen. Answers have two letters before, which count as well.
fn is_loinc(code: &str) -> bool {
    let answer = code.strip_prefix("LA");
    let Some((number, check)) = answer.unwrap_or(code).split_once('-') else {
        return false;
    };
    if !is_digits(number, 1, 7) || !is_digits(check, 1, 1) {
        return false;
    }
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    // Whether a letter counts twice depends on how many digits follow.
    let letters = match (answer, number.len() % 2) {
        (None, _) => 0,
        (Some(_), 0) => 5,
        (Some(_), _) => 2,
    };
    check.parse() == Ok((10 - sum % 10 + letters) % 10)
}

/// The id of a concept: its last digit is a check after Verhoeff, the two before say that it is a concept's.
fn is_snomed(code: &str) -> bool {
    const TIMES: [[u8; 10]; 10] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
        [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
        [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
        [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
        [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
        [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
        [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
        [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    const TURNED: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    if !is_digits(code, 6, 18) || !matches!(&code[code.len() - 3..code.len() - 1], "00" | "10") {
        return false;
    }
    let mut check = 0;
    for (place, byte) in code.bytes().rev().enumerate() {
        let mut digit = byte - b'0';
        for _ in 0..place % 8 {
            digit = TURNED[usize::from(digit)];
        }
        check = TIMES[usize::from(check)][usize::from(digit)];
    }
    check == 0
}

/// As in `E11.9`.
fn is_icd_10(code: &str) -> bool {
    let (category, detail) = code.split_once('.').unwrap_or((code, "-"));
    let category = category.as_bytes();
    category.len() == 3
        && category[0].is_ascii_uppercase()
        && category[1].is_ascii_digit()
        && (category[2].is_ascii_digit() || category[2].is_ascii_uppercase())
        && (detail == "-" || (1..=4).contains(&detail.len()) && has_digit_and_capitals(detail))
}

fn has_digit_and_capitals(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// As in `250.01`, `V30.0` or `E882`.
fn is_icd_9(code: &str) -> bool {
    let (category, detail) = code.split_once('.').unwrap_or((code, "0"));
    let digits = match category.as_bytes().first() {
        Some(b'E') => category.len() == 4,
        Some(b'V') => category.len() == 3,
        _ => return is_digits(category, 3, 3) && is_digits(detail, 1, 2),
    };
    digits && is_digits(&category[1..], 2, 3) && is_digits(detail, 1, 2)
}

/// Three groups of digits with hyphens.
fn is_ndc(code: &str) -> bool {
    let groups: Vec<_> = code.split('-').collect();
    let [labeler, product, package] = groups[..] else {
        return false;
    };
    is_digits(labeler, 4, 5) && is_digits(product, 3, 4) && is_digits(package, 1, 2)
}

/// As in `A10BA02`, or the group that it is in.
fn is_atc(code: &str) -> bool {
    const FORM: &[u8] = b"A00AA00";
    matches!(code.len(), 1 | 3 | 4 | 5 | 7)
        && code.bytes().zip(FORM).all(|(byte, form)| match form {
            b'A' => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_digit(),
        })
}

fn is_cpt(code: &str) -> bool {
    code.len() == 5
        && code.is_ascii()
        && is_digits(&code[..4], 4, 4)
        && code.ends_with(|c: char| c.is_ascii_digit() || matches!(c, 'F' | 'T' | 'U'))
}

fn is_race(code: &str) -> bool {
    let groups = code.split_once('-');
    groups.is_some_and(|(number, check)| is_digits(number, 4, 4) && is_digits(check, 1, 1))
}

fn is_dicom(code: &str) -> bool {
    is_digits(code, 6, 6) || is_in(MODALITIES, code)
}

fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|one| one == word)
}

fn is_gene(code: &str) -> bool {
    code.strip_prefix("HGNC:")
        .is_some_and(|number| is_digits(number, 1, 5))
}

/// Whether FHIR R4 itself allows this code in an element of the type `code`: by the value set that the element requires, or,
/// for an element without one, as its language.
pub fn is_known_code(element: &Element, code: &str) -> bool {
    match element.value_set {
        Some("mimetypes") => is_media_type(code),
        Some("currencies") => is_currency(code),
        Some(value_set) => definitions().is_in_value_set(value_set, code),
        None => element.name == "language" && is_language(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_by_their_form_and_check_digit() {
        for (system, codes, others) in [
            (
                "http://loinc.org",
                &[
                    "8867-4",
                    "4548-4",
                    "85354-9",
                    "LA6576-8",
                    "LA33-6",
                    "LA11834-1",
                ][..],
                &["8867-5", "Mara Quill", "482913", "-4", "", "8867-44"][..],
            ),
            (
                "http://snomed.info/sct",
                &["422504002", "227493005", "45036003", "900000000000207008"],
                &["422504003", "482913", "Mara", "078051120", ""],
            ),
            (
                "http://hl7.org/fhir/sid/icd-10",
                &["E11", "E11.9", "I63.5", "S72.001A"],
                &["E1", "E11.", "MRN", "Q1L.MARA", "E11.98765"],
            ),
            (
                "http://hl7.org/fhir/sid/icd-9-cm",
                &["250", "250.01", "V30.0", "E882"],
                &["2500", "482913", "MARA", "E88", ""],
            ),
            (
                "http://www.whocc.no/atc",
                &["A10BA02", "A10"],
                &["MARA", "A10BA0", "a10"],
            ),
            (
                "http://hl7.org/fhir/sid/cvx",
                &["104", "08"],
                &["1040", "MQ"],
            ),
            (
                "http://hl7.org/fhir/sid/ndc",
                &["0777-3105-02"],
                &["078-05-1120", "0777310502"],
            ),
            (
                "http://www.ama-assn.org/go/cpt",
                &["99213", "0001F"],
                &["9921", "MARAQ", "9921é"],
            ),
            (
                "http://dicom.nema.org/resources/ontology/DCM",
                &["113014", "CT"],
                &["MARA", "1130140"],
            ),
            (
                "http://terminology.hl7.org/CodeSystem/observation-category",
                &["vital-signs"],
                &["mara", "vital-signs\tlaboratory", ""],
            ),
            ("urn:ietf:bcp:47", &["en", "de-AT"], &["mara", "en-Mara"]),
            ("http://hl7.org/fhir/sid/us-ssn", &[], &["078-05-1120"]),
            (
                "urn:oid:2.16.840.1.113883.6.238",
                &["2106-3"],
                &["482913", "078-05-1120"],
            ),
            (
                "urn:ietf:bcp:13",
                &[
                    "text/plain",
                    "text/plain; charset=utf-8",
                    "text/plain;charset=utf-8",
                ],
                &["text/mara", "text/plain; name=mara", "charset=utf-8", ""],
            ),
            ("https://clinic.example/codes", &[], &["4548-4"]),
        ] {
            for code in codes {
                assert!(is_code(system, code), "{system} {code}");
            }
            for code in others {
                assert!(!is_code(system, code), "{system} {code}");
            }
        }
        assert!(is_terminology(
            "http://terminology.hl7.org/CodeSystem/v2-0203"
        ));
        assert!(!is_terminology("https://clinic.example/codes"));
    }
}
