use std::{env, path::PathBuf};

/// The file of a program of this build. It is searched for in the folder that `GENERION_PROGRAMS` names, otherwise in the
/// folder that holds the test's own `deps`.
pub fn program(name: &str) -> PathBuf {
    let folder = env::var_os("GENERION_PROGRAMS").map_or_else(
        || {
            let test = env::current_exe().expect("a test has a file");
            test.ancestors()
                .nth(2)
                .expect("tests are in the folder `deps` of the programs' folder")
                .to_owned()
        },
        PathBuf::from,
    );
    let program = folder.join(name);
    assert!(
        program.exists(),
        "{} does not exist: `cargo xtask test` builds it, or `cargo build --workspace --bins`",
        program.display()
    );
    program
}
