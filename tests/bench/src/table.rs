//! Medians, and tables in Markdown.

/// The median. Of an even number of values, the upper of the two in the middle.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median of the rounds' ratios, with the smallest and the largest.
pub fn spread(values: impl IntoIterator<Item = f64> + Clone) -> String {
    let (low, high) = values
        .clone()
        .into_iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
    format!("{:.2} ({low:.2} to {high:.2})", median(values))
}

/// Prints a row of a table.
pub fn row<const N: usize>(cells: [&str; N]) {
    println!("| {} |", cells.join(" | "));
}

/// Prints the head of a table. All columns except the first are right-aligned.
pub fn head<const N: usize>(cells: [&str; N]) {
    row(cells);
    let mut lines = ["---:"; N];
    lines[0] = "---";
    row(lines);
}
