use RevealedKind::*;
use generion_client::{Opaque, RevealedKind};
use serde_json::{Value, json};

use crate::{look, one, opaque, values};

/// Documents that a search for the names of fields took for harmless.
#[test]
fn identifying_values_are_found_outside_the_fields_that_are_meant_for_them() {
    let heart_rate = json!({
        "resourceType": "Observation",
        "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "8867-4" }] },
        "valueQuantity": { "value": 72, "unit": "/min" },
    });
    let mut of_mara = heart_rate.clone();
    of_mara["subject"] = json!({ "display": "Mara Quill" });
    assert_eq!(
        values(&of_mara),
        [one(Name, "Observation.subject.display", "Mara Quill")]
    );

    let born = json!({
        "resourceType": "Patient",
        "extension": [{
            "url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
            "valueAddress": { "city": "Graubach", "state": "Tirol", "country": "AT" },
        }],
    });
    assert_eq!(
        values(&born),
        [
            one(
                Address,
                "Patient.extension[0].valueAddress.city",
                "Graubach"
            ),
            one(Address, "Patient.extension[0].valueAddress.country", "AT"),
            one(Address, "Patient.extension[0].valueAddress.state", "Tirol"),
        ]
    );

    let full_url = "https://ehr.clinic.example/fhir/Patient/MRN-00482913";
    let bundle = json!({
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{ "fullUrl": full_url, "resource": heart_rate }],
    });
    assert_eq!(
        values(&bundle),
        [one(UncheckedUrl, "Bundle.entry[0].fullUrl", full_url)]
    );

    let patient = json!({ "resourceType": "Patient", "id": "MRN-00482913", "gender": "female" });
    assert_eq!(values(&patient), [one(Id, "Patient.id", "MRN-00482913")]);

    let device = json!({
        "resourceType": "Device",
        "serialNumber": "PM-7714-22301",
        "lotNumber": "L2",
        "distinctIdentifier": "A9999",
        "udiCarrier": [{ "carrierHRF": "(01)00844588003288(21)PM771422301" }],
    });
    assert_eq!(
        values(&device),
        [
            one(SerialNumber, "Device.distinctIdentifier", "A9999"),
            one(SerialNumber, "Device.lotNumber", "L2"),
            one(SerialNumber, "Device.serialNumber", "PM-7714-22301"),
            one(
                SerialNumber,
                "Device.udiCarrier[0].carrierHRF",
                "(01)00844588003288(21)PM771422301"
            ),
        ]
    );

    let said = "Mara Quill (MRN 482913) called about her biopsy";
    let call = json!({ "resourceType": "Communication", "status": "completed", "payload": [{ "contentString": said }] });
    assert_eq!(
        values(&call),
        [one(
            FreeText,
            "Communication.payload[0].contentString",
            said
        )]
    );

    let anita = json!({ "resourceType": "Patient", "name": [{ "text": "अनीता शर्मा" }] });
    assert_eq!(
        values(&anita),
        [one(Name, "Patient.name[0].text", "अनीता शर्मा")]
    );
}

/// Documents that readers read differently.
#[test]
fn what_is_no_fhir_r4_can_not_be_looked_into() {
    let twice = r#"{"resourceType":"Patient","name":[{"text":"Mara Quill"}],"birthDate":"1931-05-02","name":null}"#;
    assert_eq!(
        opaque(twice),
        Opaque::Repeated {
            path: "Patient.name".to_owned()
        }
    );
    let no_fhir = r#"{"resourceType":"LabReport","patientName":"Mara Quill"}"#;
    assert_eq!(
        opaque(no_fhir),
        Opaque::UnknownResourceType {
            name: "LabReport".to_owned()
        }
    );
    let capitals =
        r#"{"resourceType":"Patient","Name":[{"Text":"Mara Quill"}],"BirthDate":"1931-05-02"}"#;
    assert_eq!(
        opaque(capitals),
        Opaque::UnknownElement {
            path: "Patient.Name".to_owned()
        }
    );
}

#[test]
fn every_kind_is_found() {
    let patient = json!({
        "resourceType": "Patient",
        "id": "p1",
        "meta": { "versionId": "3", "source": "https://clinic.example/1", "lastUpdated": "2026-01-31T10:00:00Z" },
        "text": { "status": "generated", "div": "<div><b>Ana</b> Example &amp; son</div>" },
        "extension": [
            { "url": "https://clinic.example/StructureDefinition/maiden-name", "valueString": "Roe" },
            { "url": "http://hl7.org/fhir/StructureDefinition/patient-importance", "valueCode": "VIP" },
        ],
        "identifier": [{ "use": "usual", "system": "urn:oid:1.2.3", "value": "12345", "period": { "start": "2020-02" } }],
        "name": [{ "use": "official", "family": "Example", "given": ["Ana", "Maria"] }],
        "telecom": [{ "system": "phone", "value": "+1 555 0100", "rank": 1 }],
        "birthDate": "1970-01-31",
        "_birthDate": { "extension": [{
            "url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime",
            "valueDateTime": "1970-01-31T12:00:00Z",
        }] },
        "address": [{ "use": "home", "line": ["1 Main Street"] }],
        "maritalStatus": { "coding": [{ "system": "https://clinic.example/codes", "code": "M", "display": "Married" }] },
        "photo": [{ "contentType": "image/png", "data": "AAAA" }],
        "contact": [{ "name": { "text": "Ben Example" } }],
        "managingOrganization": { "reference": "Organization/1" },
    });
    assert_eq!(
        values(&patient),
        [
            one(Name, "Patient.name[0].family", "Example"),
            one(Name, "Patient.name[0].given[0]", "Ana"),
            one(Name, "Patient.name[0].given[1]", "Maria"),
            one(Identifier, "Patient.identifier[0].value", "12345"),
            one(Contact, "Patient.telecom[0].value", "+1 555 0100"),
            one(Address, "Patient.address[0].line[0]", "1 Main Street"),
            one(BirthDate, "Patient.birthDate", "1970-01-31"),
            one(Photo, "Patient.photo[0].data", "AAAA"),
            one(Id, "Patient.id", "p1"),
            one(Id, "Patient.meta.versionId", "3"),
            one(
                Date,
                "Patient._birthDate.extension[0].valueDateTime",
                "1970-01-31T12:00:00Z"
            ),
            one(Date, "Patient.identifier[0].period.start", "2020-02"),
            one(Date, "Patient.meta.lastUpdated", "2026-01-31T10:00:00Z"),
            one(FreeText, "Patient.extension[0].valueString", "Roe"),
            one(Narrative, "Patient.text.div", "Ana Example & son"),
            one(
                CodeWords,
                "Patient.maritalStatus.coding[0].display",
                "Married"
            ),
            one(UncheckedCode, "Patient.extension[1].valueCode", "VIP"),
            one(UncheckedCode, "Patient.maritalStatus.coding[0].code", "M"),
            one(
                UncheckedExtension,
                "Patient.extension[0].url",
                "https://clinic.example/StructureDefinition/maiden-name"
            ),
            one(
                UncheckedUrl,
                "Patient.identifier[0].system",
                "urn:oid:1.2.3"
            ),
            one(
                UncheckedUrl,
                "Patient.maritalStatus.coding[0].system",
                "https://clinic.example/codes"
            ),
            one(
                UncheckedUrl,
                "Patient.meta.source",
                "https://clinic.example/1"
            ),
            one(UncheckedNumber, "Patient.telecom[0].rank", "1"),
            // Of others than whom the document is about.
            one(Name, "Patient.contact[0].name.text", "Ben Example"),
            one(
                Reference,
                "Patient.managingOrganization.reference",
                "Organization/1"
            ),
        ]
    );

    let other = json!({
        "resourceType": "Bundle",
        "total": 5_550_100_u64,
        "entry": [{ "resource": {
            "resourceType": "DiagnosticReport",
            "conclusion": "As discussed with Ms Example.",
            "presentedForm": [{ "title": "For Ana", "data": "AAAA" }],
            "contained": [{
                "resourceType": "Observation",
                "valueQuantity": { "value": 78_051_120, "unit": "Quill", "system": "http://unitsofmeasure.org", "code": "Q" },
            }],
            "subject": "Mara Quill",
        } }],
    });
    assert_eq!(
        values(&other),
        [
            one(
                FreeText,
                "Bundle.entry[0].resource.conclusion",
                "As discussed with Ms Example."
            ),
            one(
                Attachment,
                "Bundle.entry[0].resource.presentedForm[0].data",
                "AAAA"
            ),
            one(
                Attachment,
                "Bundle.entry[0].resource.presentedForm[0].title",
                "For Ana"
            ),
            one(
                UncheckedUnit,
                "Bundle.entry[0].resource.contained[0].valueQuantity.code",
                "Q"
            ),
            one(
                UncheckedUnit,
                "Bundle.entry[0].resource.contained[0].valueQuantity.unit",
                "Quill"
            ),
            one(
                UncheckedNumber,
                "Bundle.entry[0].resource.contained[0].valueQuantity.value",
                "78051120"
            ),
            one(UncheckedNumber, "Bundle.total", "5550100"),
            one(
                UncheckedText,
                "Bundle.entry[0].resource.subject",
                "Mara Quill"
            ),
        ]
    );
}

#[test]
fn what_is_known_is_harmless() {
    let known = json!({
        "resourceType": "Observation",
        "meta": { "profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"] },
        "language": "en-US",
        "status": "final",
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "vital-signs",
        }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": "29463-7", "userSelected": false }] },
        "subject": { "type": "Patient" },
        "effectiveDateTime": "2016",
        "valueQuantity": {
            "value": 83.914_531_2,
            "unit": "kg",
            "system": "http://unitsofmeasure.org",
            "code": "kg",
        },
        "component": [
            { "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "422504002" }] }, "valueInteger": -3 },
            { "valueRatio": { "numerator": { "value": 1 }, "denominator": { "value": 128 } } },
            { "valueBoolean": true },
        ],
    });
    let revealed = look(known.to_string());
    assert!(!revealed.is_identifying(), "{revealed:?}");
    assert_eq!(
        revealed.to_string(),
        "Observation: nothing but known codes, quantities, units, statuses and years"
    );
}

/// The order of names means nothing in JSON, and a type may come last.
#[test]
fn a_resource_type_may_stand_behind_what_it_is_of() {
    let document = r#"{"contained":[{"id":"MRN-1","resourceType":"Patient"},{"resourceType":"Device","lotNumber":"L2"}],
        "status":"final","resourceType":"Observation"}"#;
    let document = serde_json::from_str(document).unwrap();
    assert_eq!(
        values(&document),
        [
            one(Id, "Observation.contained[0].id", "MRN-1"),
            one(SerialNumber, "Observation.contained[1].lotNumber", "L2"),
        ]
    );
}

/// Numbers of patients are no results: what has a unit may be long, what has none is a score or a count.
#[test]
fn long_numbers_are_no_quantities() {
    let observation = |value: Value| {
        let mut observation = json!({ "resourceType": "Observation", "status": "final" });
        observation
            .as_object_mut()
            .expect("it is one")
            .extend(value.as_object().expect("it is one").clone());
        values(&observation)
    };
    for value in [
        json!({ "valueQuantity": { "value": 250_000, "unit": "/uL" } }),
        json!({ "valueQuantity": { "value": 27.694_937_451_284_58, "unit": "kg/m2" } }),
        json!({ "valueQuantity": { "value": 15, "unit": "{score}" } }),
        json!({ "valueQuantity": { "value": -1.5 } }),
        json!({ "valueInteger": 1024 }),
    ] {
        assert_eq!(observation(value.clone()), [], "{value}");
    }
    for (value, path, text) in [
        (
            json!({ "valueInteger": 482_913 }),
            "Observation.valueInteger",
            "482913",
        ),
        (
            json!({ "valueQuantity": { "value": 482_913 } }),
            "Observation.valueQuantity.value",
            "482913",
        ),
        (
            json!({ "valueQuantity": { "value": 5_550_199_123_u64, "unit": "mg" } }),
            "Observation.valueQuantity.value",
            "5550199123",
        ),
        (
            json!({ "valueQuantity": { "value": 72, "unit": "Quills" } }),
            "Observation.valueQuantity.value",
            "72",
        ),
    ] {
        let found = observation(value.clone());
        assert!(
            found.contains(&one(UncheckedNumber, path, text)),
            "{found:?}"
        );
    }
}

/// What stands beside values without parts: ids and extensions.
#[test]
fn what_stands_beside_a_value_is_looked_into() {
    let patient = json!({
        "resourceType": "Patient",
        "gender": "female",
        "_gender": { "id": "g1" },
        "name": [{
            "given": ["Mara", null],
            "_given": [null, {
                "extension": [{
                    "url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier",
                    "valueString": "Quill",
                }],
            }],
        }],
        "_birthDate": "1931-05-02",
    });
    assert_eq!(
        values(&patient),
        [
            one(
                Name,
                "Patient.name[0]._given[1].extension[0].valueString",
                "Quill"
            ),
            one(Name, "Patient.name[0].given[0]", "Mara"),
            one(Id, "Patient._gender.id", "g1"),
            one(UncheckedText, "Patient._birthDate", "1931-05-02"),
        ]
    );
}

#[test]
fn where_somebody_lives_is_an_address_in_degrees_as_well() {
    let geolocation = "http://hl7.org/fhir/StructureDefinition/geolocation";
    let patient = json!({
        "resourceType": "Patient",
        "address": [{ "extension": [{ "url": geolocation, "extension": [
            { "url": "latitude", "valueDecimal": 47.2692 },
        ] }] }],
    });
    let path = "Patient.address[0].extension[0].extension[0]";
    assert_eq!(
        values(&patient),
        [
            one(Address, &format!("{path}.url"), "latitude"),
            one(Address, &format!("{path}.valueDecimal"), "47.2692"),
        ]
    );
}
