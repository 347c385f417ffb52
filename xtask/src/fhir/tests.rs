use serde_json::json;

use super::*;

fn definitions() -> Definitions {
    let by_url = |all: Vec<Value>| {
        all.into_iter()
            .map(|one| (text(&one, "url").to_owned(), one))
            .collect()
    };
    let element = |path: &str, max: &str, types: &[&str]| {
        let types: Vec<_> = types.iter().map(|code| json!({ "code": code })).collect();
        json!({ "path": path, "base": { "path": path }, "max": max, "type": types })
    };
    let mut status = element("Pet.status", "1", &["code"]);
    status["binding"] =
        json!({ "strength": "required", "valueSet": "http://hl7.org/fhir/ValueSet/pets|4.0.1" });
    let mut inherited = element("Pet.id", "1", &[SYSTEM_TYPE]);
    inherited["base"] = json!({ "path": "Resource.id" });
    let mut same = element("Pet.friend.toy", "*", &[]);
    same["contentReference"] = json!("#Pet.friend");
    Definitions {
        structures: by_url(vec![
            json!({
                "url": "http://hl7.org/fhir/StructureDefinition/Pet",
                "kind": "resource",
                "derivation": "specialization",
                "baseDefinition": "http://hl7.org/fhir/StructureDefinition/DomainResource",
                "snapshot": { "element": [
                    element("Pet", "*", &[]),
                    inherited,
                    status,
                    element("Pet.age[x]", "1", &["integer", "Age"]),
                    element("Pet.friend", "*", &["BackboneElement"]),
                    element("Pet.friend.name", "1", &["string"]),
                    same,
                ] },
            }),
            // A profile has no elements of its own.
            json!({ "url": "http://hl7.org/fhir/StructureDefinition/cat", "kind": "resource", "derivation": "constraint" }),
        ]),
        code_systems: by_url(vec![
            json!({
                "url": "http://hl7.org/fhir/pets",
                "concept": [{ "code": "well", "concept": [{ "code": "fed" }] }, { "code": "ill" }],
            }),
            json!({ "url": "https://other.example", "concept": [{ "code": "x" }] }),
        ]),
        value_sets: by_url(vec![json!({
            "url": "http://hl7.org/fhir/ValueSet/pets",
            "compose": { "include": [
                { "system": "http://hl7.org/fhir/pets" },
                { "system": "https://other.example", "concept": [{ "code": "y" }] },
            ] },
        })]),
    }
}

/// The rows of a table, without its first lines.
fn lines(table: &str) -> Vec<&str> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect()
}

#[test]
fn the_tables_say_what_the_definitions_do() {
    let definitions = definitions();
    let mut bound = BTreeSet::new();
    let elements = definitions.elements(&mut bound).unwrap();
    assert_eq!(
        lines(&elements),
        [
            "@Pet\tDomainResource",
            "status\tcode\t=pets",
            "age[x]\tinteger\tAge",
            "friend*\tPet.friend",
            "@Pet.friend\tBackboneElement",
            "name\tstring",
            "toy*\tPet.friend",
        ]
    );
    let value_sets = definitions.value_sets(&bound).unwrap();
    assert_eq!(lines(&value_sets), ["pets\tfed\till\twell\ty"]);
    assert_eq!(
        lines(&definitions.code_systems()),
        ["http://hl7.org/fhir/pets\tfed\till\twell"]
    );
    assert_eq!(lines(&definitions.profiles()), ["Pet", "cat"]);
}

#[test]
fn definitions_that_can_not_be_listed_are_refused() {
    let mut definitions = definitions();
    let url = "http://hl7.org/fhir/ValueSet/pets".to_owned();
    let include = &mut definitions.value_sets.get_mut(&url).unwrap()["compose"]["include"][0];
    include["filter"] = json!([]);
    let refused = definitions.value_sets(&BTreeSet::from([url])).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "http://hl7.org/fhir/ValueSet/pets takes codes by a filter"
    );
    let missing = definitions
        .value_sets(&BTreeSet::from(["none".to_owned()]))
        .unwrap_err();
    assert_eq!(missing.to_string(), "there is no none");
}

#[test]
fn another_package_is_refused() {
    let folder = std::env::temp_dir().join(format!("generion-xtask-fhir-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("package.json"),
        r#"{"name":"hl7.fhir.r5.examples","version":"5.0.0"}"#,
    )
    .unwrap();
    let refused = Definitions::read(&folder).err().unwrap().to_string();
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(
        refused,
        format!("{} is not hl7.fhir.r4.examples 4.0.1", folder.display())
    );
}
