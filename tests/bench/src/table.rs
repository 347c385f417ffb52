//! Medians, and tables in Markdown.

/// The middle one; of an even number the upper of the two.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Smallest, median and largest of the rounds' ratios.
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

/// Prints the head of a table, with all columns but the first to the right.
pub fn head<const N: usize>(cells: [&str; N]) {
    row(cells);
    let mut lines = ["---:"; N];
    lines[0] = "---";
    row(lines);
}
