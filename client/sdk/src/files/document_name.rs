use solana_address::Address;

/// Media types of documents, and the extensions of their files. Media types come from strangers, so none leads to an extension
/// of a file that a computer would run.
const EXTENSIONS: [(&str, &str); 14] = [
    ("application/dicom", "dcm"),
    ("application/json", "json"),
    ("application/pdf", "pdf"),
    ("application/rtf", "rtf"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/tiff", "tif"),
    ("text/csv", "csv"),
    ("text/markdown", "md"),
    ("text/plain", "txt"),
    ("text/xml", "xml"),
    ("video/mp4", "mp4"),
];

/// The name of the file of a record's document: the record's address, and an ending by which other programs know the media
/// type, where it is a well-known one.
pub fn document_name(record: &Address, media_type: &str) -> String {
    let bare = media_type.split(';').next().unwrap_or_default();
    let bare = bare.trim().to_ascii_lowercase();
    let known = EXTENSIONS.iter().find(|(known, _)| *known == bare);
    let extension = match known {
        Some((_, extension)) => Some(*extension),
        None if bare.ends_with("+json") => Some("json"),
        None if bare.ends_with("+xml") && bare.starts_with("application/") => Some("xml"),
        None => None,
    };
    match extension {
        Some(extension) => format!("{record}.{extension}"),
        None => record.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_by_its_record_and_its_media_type() {
        let record = Address::new_from_array([7; 32]);
        for (media_type, ending) in [
            ("application/fhir+json", ".json"),
            ("application/fhir+json; fhirVersion=4.0", ".json"),
            ("Application/PDF", ".pdf"),
            ("application/hl7-cda+xml", ".xml"),
            ("application/dicom", ".dcm"),
            ("image/svg+xml", ""),
            ("text/html", ""),
            ("application/x-sh", ""),
            ("application/octet-stream", ""),
            ("../../etc/passwd+", ""),
            ("", ""),
        ] {
            let expected = format!("{record}{ending}");
            assert_eq!(document_name(&record, media_type), expected, "{media_type}");
        }
    }
}
