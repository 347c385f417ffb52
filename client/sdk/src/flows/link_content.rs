//! The contents of a health link's file: a FHIR document as it is, or any other document in a Bundle.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig,
        general_purpose::STANDARD as PADDED,
    },
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// The media type of FHIR documents, and of the files of links.
pub const FHIR_JSON: &str = "application/fhir+json";

/// Others leave out the padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A document out of a file, with its media type.
pub struct Content {
    /// The media type, as the maker of the file states it.
    pub media_type: String,
    /// The document.
    pub document: Zeroizing<Vec<u8>>,
}

/// The plain text of a file for a document. `id` are 16 random bytes.
pub fn to_fhir(media_type: &str, document: Zeroizing<Vec<u8>>, id: [u8; 16]) -> Zeroizing<Vec<u8>> {
    if essence(media_type) == FHIR_JSON && is_resource(&document) {
        return document;
    }
    let data = Zeroizing::new(PADDED.encode(&*document));
    let bundle = json!({
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{
            "fullUrl": format!("urn:uuid:{}", uuid(id)),
            "resource": {
                "resourceType": "DocumentReference",
                "status": "current",
                "content": [{"attachment": {"contentType": media_type, "data": &*data}}],
            },
        }],
    });
    Zeroizing::new(bundle.to_string().into_bytes())
}

/// The document in a file: the only attachment of the only DocumentReference of a Bundle, or the file itself.
pub fn from_file(content_type: Option<String>, plaintext: Zeroizing<Vec<u8>>) -> Content {
    match attachment(&plaintext) {
        Some(content) => content,
        None => Content {
            media_type: content_type.unwrap_or_else(|| FHIR_JSON.to_owned()),
            document: plaintext,
        },
    }
}

fn attachment(file: &[u8]) -> Option<Content> {
    let bundle: Value = serde_json::from_slice(file).ok()?;
    let is = |value: &Value, kind: &str| value["resourceType"] == kind;
    let only = |value: &Value| match value.as_array()?.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    let resource = only(&bundle["entry"])?["resource"].clone();
    if !is(&bundle, "Bundle") || !is(&resource, "DocumentReference") {
        return None;
    }
    let attachment = &only(&resource["content"])?["attachment"];
    let data = attachment["data"].as_str()?;
    Some(Content {
        media_type: attachment["contentType"].as_str()?.to_owned(),
        document: Zeroizing::new(LENIENT.decode(data).ok()?),
    })
}

/// The media type without parameters, in lower case.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn is_resource(document: &[u8]) -> bool {
    serde_json::from_slice::<Value>(document).is_ok_and(|value| value["resourceType"].is_string())
}

/// A random UUID (RFC 9562, version 4).
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(media_type: &str, document: &[u8]) -> Zeroizing<Vec<u8>> {
        to_fhir(media_type, Zeroizing::new(document.to_vec()), [0xff; 16])
    }

    #[test]
    fn a_fhir_document_stays_as_it_is() {
        let document = b"{ \"resourceType\": \"Observation\", \"value\": 1.10 }";
        for media_type in [FHIR_JSON, "Application/FHIR+JSON; charset=utf-8"] {
            assert_eq!(*wrapped(media_type, document), document);
        }
        let content = from_file(Some(FHIR_JSON.to_owned()), wrapped(FHIR_JSON, document));
        assert_eq!(*content.document, document);
        assert_eq!(content.media_type, FHIR_JSON);
        // A header without a media type.
        let content = from_file(None, Zeroizing::new(document.to_vec()));
        assert_eq!(content.media_type, FHIR_JSON);
    }

    #[test]
    fn any_other_document_travels_with_its_media_type() {
        let samples: [(&str, &[u8]); 5] = [
            ("application/pdf", b"%PDF-1.7\n\xff\x00"),
            ("text/plain; charset=utf-8", "Grüße".as_bytes()),
            ("application/fhir+xml", b"<Observation/>"),
            // No FHIR, whatever its media type says.
            (FHIR_JSON, b"{}"),
            ("application/pdf", b""),
        ];
        for (media_type, document) in samples {
            let file = wrapped(media_type, document);
            let bundle: Value = serde_json::from_slice(&file).unwrap();
            assert_eq!(bundle["resourceType"], "Bundle");
            assert_eq!(
                bundle["entry"][0]["fullUrl"],
                "urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff"
            );
            let content = from_file(Some(FHIR_JSON.to_owned()), file);
            assert_eq!(content.media_type, media_type);
            assert_eq!(*content.document, document);
        }
    }

    #[test]
    fn what_is_more_than_one_attachment_stays_as_it_is() {
        let bundle: Value = serde_json::from_slice(&wrapped("text/plain", b"a")).unwrap();
        let changed = |pointer: &str, value: Value| {
            let mut changed = bundle.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            changed
        };
        let entry = bundle["entry"][0].clone();
        let content = bundle["entry"][0]["resource"]["content"][0].clone();
        for bundle in [
            changed("/resourceType", "List".into()),
            changed("/entry", json!([entry, entry])),
            changed("/entry/0/resource/resourceType", "Patient".into()),
            changed("/entry/0/resource/content", json!([content, content])),
            changed(
                "/entry/0/resource/content/0/attachment",
                json!({"contentType": "text/plain", "url": "https://ehr.example"}),
            ),
            changed("/entry/0/resource/content/0/attachment/data", "=".into()),
        ] {
            let file = bundle.to_string().into_bytes();
            let content = from_file(Some("x/y".to_owned()), Zeroizing::new(file.clone()));
            assert_eq!(content.media_type, "x/y");
            assert_eq!(*content.document, file);
        }
    }
}
