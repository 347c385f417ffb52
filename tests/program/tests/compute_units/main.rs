//! The committed figures are those of the program at hand, to the last one.

use generion_program_tests::compute_units::{
    KEY_SETS, Table, committed_file, differences, measure, page, page_file,
};

#[test]
fn the_committed_figures_are_those_of_this_program() {
    let file = committed_file();
    let committed =
        Table::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let measured = measure(KEY_SETS);
    if measured.program_id != committed.program_id {
        // All cases landed. Their figures depend on the bumps of the id's addresses.
        eprintln!("built for {}: figures not compared", measured.program_id);
        return;
    }
    if let Some(text) = differences(&committed, &measured) {
        panic!(
            "{} is not of this program; if the difference is meant, run `cargo xtask compute-units` and commit it\n\n{text}",
            file.display()
        );
    }
}

#[test]
fn the_page_shows_the_committed_figures() {
    let (present, renewed) = page().unwrap_or_else(|error| panic!("{error}"));
    assert!(
        present == renewed,
        "{} is not of the committed figures; run `cargo xtask compute-units` and commit it",
        page_file().display()
    );
}
