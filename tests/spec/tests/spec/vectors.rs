use std::{collections::BTreeMap, fs, path::Path};

use generion_spec::vectors;

fn folder() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../programs/generion/vectors"
    ))
}

#[test]
fn the_committed_vectors_are_current() {
    let committed: BTreeMap<String, String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    let made = vectors::files();
    assert_eq!(
        committed.keys().collect::<Vec<_>>(),
        made.keys().collect::<Vec<_>>()
    );
    for (name, content) in made {
        assert!(
            committed[name] == content,
            "{name} is not that of the present sources: run `cargo xtask vectors` and commit it, if the protocol was \
             meant to change"
        );
    }
}

#[test]
fn writing_removes_what_is_no_vector_and_keeps_the_readme() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["old.json", "README.md"] {
        fs::write(folder.path().join(name), "text").unwrap();
    }
    vectors::write(folder.path()).unwrap();
    assert!(!folder.path().join("old.json").exists());
    assert!(folder.path().join("README.md").exists());
    let keys = fs::read_to_string(folder.path().join("keys.json")).unwrap();
    assert_eq!(keys, vectors::files()["keys.json"]);
}
