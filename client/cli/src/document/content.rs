//! Compares a document's content with the kind and the media type in its locator, which its creator chose.

use std::io::{self, BufReader, Read};

use generion_client::{Locator, StagedFile};
use serde::Serialize;

use crate::document::fhir::{self, Resource};

/// Number of first bytes that a format is recognized by.
const HEAD: u64 = 8 * 1024;
/// Size in bytes of the largest resource that is parsed. Documents come from strangers, and parsing takes several
/// times as much memory.
const LARGEST: u64 = 16 << 20;
/// The media type that makes no claim.
const ANY: &str = "application/octet-stream";
/// Offset and value of the mark of a DICOM file, which `infer` doesn't know.
const DICOM: (usize, &[u8]) = (128, b"DICM");

/// The result of looking at a document's content.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Content {
    /// The media type that its bytes show; `null`: unknown.
    media_type: Option<String>,
    /// The kind of a FHIR resource; `null`: it is not one.
    kind: Option<String>,
    /// Whether the content matches the creator's description; `null`: the bytes don't show it.
    agrees: Option<bool>,
    /// Size of the plain document in bytes.
    bytes: u64,
}

impl Content {
    /// Reads a document and compares it with its locator.
    pub fn of(document: &StagedFile, locator: &Locator) -> io::Result<Self> {
        let bytes = document.file().metadata()?.len();
        let mut head = Vec::new();
        document.reader()?.take(HEAD).read_to_end(&mut head)?;
        let resource = match first_character(&head) {
            Some(b'{') if bytes <= LARGEST => fhir::resource(BufReader::new(document.reader()?)),
            _ => None,
        };
        Ok(Self::compare(
            resource.as_ref(),
            &head,
            bytes,
            &locator.media_type,
            &locator.kind,
        ))
    }

    fn compare(
        resource: Option<&Resource>,
        head: &[u8],
        bytes: u64,
        media_type: &str,
        kind: &str,
    ) -> Self {
        let declared = media_type.split(';').next().unwrap_or_default();
        let declared = declared.trim().to_ascii_lowercase();
        let (found, found_kind, agrees) = match resource {
            Some(resource) => (
                Some(fhir::MEDIA_TYPE),
                Some(resource.kind()),
                resource_agrees(resource, &declared, kind),
            ),
            None => {
                let found = format(head);
                (
                    found,
                    None,
                    bytes_agree(found, head, bytes, &declared, kind),
                )
            }
        };
        Self {
            media_type: found.map(str::to_owned),
            kind: found_kind,
            agrees,
            bytes,
        }
    }

    /// The result, as text.
    pub fn in_words(&self) -> String {
        let found = match (&self.kind, &self.media_type) {
            (Some(kind), Some(media_type)) => format!("{kind} ({media_type})"),
            (None, Some(media_type)) => media_type.clone(),
            _ => "of no format that this software knows".to_owned(),
        };
        let found = match self.bytes {
            0 => "0 bytes: there is NOTHING in it".to_owned(),
            1 => format!("1 byte, {found}"),
            bytes => format!("{bytes} bytes, {found}"),
        };
        match self.agrees {
            Some(true) => format!("{found}, as its creator describes it"),
            Some(false) => format!("{found}, which is NOT as its creator describes it"),
            None => format!("{found}; whether its creator describes it rightly can't be checked"),
        }
    }
}

fn resource_agrees(resource: &Resource, media_type: &str, kind: &str) -> Option<bool> {
    let is_json = media_type.ends_with("json") || media_type.ends_with("json+fhir");
    if !is_json && media_type != ANY {
        return Some(false);
    }
    let Some(declared) = kind.strip_prefix("fhir:") else {
        return is_json.then_some(true);
    };
    let (resource_type, code) = match declared.split_once('/') {
        Some((resource_type, code)) => (resource_type, Some(code)),
        None => (declared, None),
    };
    Some(resource.is(resource_type, code))
}

fn bytes_agree(
    found: Option<&str>,
    head: &[u8],
    bytes: u64,
    media_type: &str,
    kind: &str,
) -> Option<bool> {
    if bytes > LARGEST && first_character(head) == Some(b'{') {
        return None;
    }
    let is_xml = media_type.ends_with("xml");
    if kind.starts_with("fhir:") || media_type.contains("fhir") {
        // FHIR resources in XML are not parsed.
        let can_be_xml = is_xml && first_character(head) == Some(b'<');
        return match can_be_xml {
            true => None,
            false => Some(false),
        };
    }
    if media_type == ANY {
        return None;
    }
    if bytes == 0 {
        return Some(false);
    }
    let is_text = is_text(head);
    match found {
        Some(found) if found == media_type => Some(true),
        Some("text/xml" | "text/html") if is_xml || media_type.contains("html") => Some(true),
        // Many formats are zip archives.
        Some("application/zip") if !media_type.starts_with("text/") => None,
        Some(found) if infer::is_mime_supported(media_type) || !found.starts_with("text/") => {
            Some(false)
        }
        _ if media_type.starts_with("text/") => Some(is_text),
        _ if media_type.ends_with("json") => Some(matches!(
            first_character(head),
            Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
        )),
        _ if is_xml => Some(first_character(head) == Some(b'<')),
        _ if infer::is_mime_supported(media_type) || media_type == "application/dicom" => {
            Some(false)
        }
        _ => None,
    }
}

/// The media type that the first bytes show.
fn format(head: &[u8]) -> Option<&'static str> {
    let (offset, mark) = DICOM;
    match head
        .get(offset..)
        .is_some_and(|rest| rest.starts_with(mark))
    {
        true => Some("application/dicom"),
        false => infer::get(head).map(|found| found.mime_type()),
    }
}

fn first_character(head: &[u8]) -> Option<u8> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace())
}

fn is_text(head: &[u8]) -> bool {
    let is_utf8 = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The text may end within a character.
        Err(error) => error.error_len().is_none() && head.len() as u64 == HEAD,
    };
    is_utf8 && !head.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_agrees(document: &[u8], media_type: &str, kind: &str, agrees: Option<bool>) {
        let resource = fhir::resource(document);
        let head = &document[..document.len().min(HEAD as usize)];
        let bytes = document.len() as u64;
        let content = Content::compare(resource.as_ref(), head, bytes, media_type, kind);
        assert_eq!(content.agrees, agrees, "{media_type}, {kind}: {content:?}");
    }

    #[test]
    fn a_resource_is_compared_by_type_and_code() {
        let observation = br#"{"resourceType":"Observation","code":{"coding":[{"code":"4548-4"},{"code":"17856-6"}]}}"#;
        let fhir = "application/fhir+json";
        for (media_type, kind, agrees) in [
            (fhir, "fhir:Observation/4548-4", Some(true)),
            (fhir, "fhir:Observation/17856-6", Some(true)),
            (fhir, "fhir:Observation", Some(true)),
            (
                "application/fhir+json; fhirVersion=4.0",
                "fhir:Observation",
                Some(true),
            ),
            ("application/json", "laboratory report", Some(true)),
            (fhir, "fhir:Observation/8867-4", Some(false)),
            (fhir, "fhir:Condition/4548-4", Some(false)),
            ("application/pdf", "fhir:Observation/4548-4", Some(false)),
            ("text/plain", "document", Some(false)),
            (ANY, "document", None),
            (ANY, "fhir:Condition", Some(false)),
        ] {
            assert_agrees(observation, media_type, kind, agrees);
        }
    }

    /// A document that was not parsed has no verdict.
    #[test]
    fn a_resource_that_is_too_large_is_not_looked_into() {
        let document = StagedFile::temporary().unwrap();
        let head = br#"{"resourceType":"Observation","text":""#;
        io::Write::write_all(&mut document.file(), head).unwrap();
        document.file().set_len(LARGEST + 1).unwrap();
        let locator = Locator {
            stores: Vec::new(),
            sha256: [0; 32],
            size: 0,
            media_type: "application/fhir+json".to_owned(),
            kind: "fhir:Observation".to_owned(),
            profile: String::new(),
            copy: None,
            signature: None,
        };
        let content = Content::of(&document, &locator).unwrap();
        assert_eq!((content.agrees, content.bytes), (None, LARGEST + 1));
        document.file().set_len(LARGEST).unwrap();
        let content = Content::of(&document, &locator).unwrap();
        assert_eq!(content.agrees, Some(false));
    }

    #[test]
    fn other_documents_are_compared_by_their_first_bytes() {
        let pdf = b"%PDF-1.7 and so on".as_slice();
        let png = b"\x89PNG\r\n\x1a\n and so on".as_slice();
        let mut dicom = vec![0; 128];
        dicom.extend(b"DICM");
        for (document, media_type, kind, agrees) in [
            (pdf, "application/pdf", "report", Some(true)),
            (png, "image/png", "photograph", Some(true)),
            (png, "application/pdf", "report", Some(false)),
            (
                pdf,
                "application/fhir+json",
                "fhir:Observation",
                Some(false),
            ),
            (pdf, ANY, "fhir:Observation", Some(false)),
            (pdf, "text/plain", "letter", Some(false)),
            (pdf, ANY, "document", None),
            (&dicom, "application/dicom", "image", Some(true)),
            (b"hello", "application/dicom", "image", Some(false)),
            (b"hello", "application/pdf", "report", Some(false)),
            (b"hello", "text/plain", "letter", Some(true)),
            (b"he\0lo", "text/plain", "letter", Some(false)),
            (b"\xff\xfehello", "text/csv", "table", Some(false)),
            (b"hello", "application/x-genome", "genome", None),
            (b"hello", "application/json", "measurements", Some(false)),
            (b" [1]", "application/json", "measurements", Some(true)),
            (b"<Patient/>", "application/fhir+xml", "fhir:Patient", None),
            (
                b"Patient",
                "application/fhir+xml",
                "fhir:Patient",
                Some(false),
            ),
            (b"", "application/pdf", "report", Some(false)),
            (b"", ANY, "document", None),
            (
                b"{\"resourceType\":",
                "application/fhir+json",
                "fhir:Patient",
                Some(false),
            ),
        ] {
            assert_agrees(document, media_type, kind, agrees);
        }
    }
}
