use super::{
    quantity::Figures,
    report::{Count, Report},
};

const HEADER: &str = "code,unit,by,value,wallets,records,n,mean,sd,q1,median,q3,rounded_to\r\n";
const SUPPRESSED: &str = "suppressed";

/// The figures of a report as CSV (RFC 4180), a row each. Histograms are in the JSON and in the page alone.
pub fn csv(report: &Report) -> String {
    let mut text = HEADER.to_owned();
    row(&mut text, ["", "", "", ""], report.count, None);
    for table in &report.tables {
        for line in &table.rows {
            row(
                &mut text,
                ["", "", &table.by, &line.value],
                line.count,
                None,
            );
        }
    }
    for code in &report.codes {
        row(&mut text, [&code.code, "", "", ""], code.count, None);
        for series in &code.series {
            let names = [&*code.code, &series.unit, "", ""];
            row(&mut text, names, series.count, series.figures.as_ref());
            for table in &series.tables {
                for line in &table.rows {
                    let names = [&*code.code, &series.unit, &table.by, &line.value];
                    row(&mut text, names, line.count, line.figures.as_ref());
                }
            }
        }
    }
    text
}

fn row(text: &mut String, names: [&str; 4], count: Option<Count>, figures: Option<&Figures>) {
    let mut cells: Vec<String> = names.into_iter().map(quoted).collect();
    match count {
        Some(count) => cells.extend([count.wallets.to_string(), count.records.to_string()]),
        None => cells.extend([SUPPRESSED.to_owned(), SUPPRESSED.to_owned()]),
    }
    match figures {
        Some(figures) => {
            cells.push(figures.n.to_string());
            let Figures {
                mean,
                sd,
                q1,
                median,
                q3,
                rounded_to,
                ..
            } = figures;
            cells.extend([mean, sd, q1, median, q3, rounded_to].map(Clone::clone));
        }
        None => cells.extend(vec![String::new(); 7]),
    }
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell as a spreadsheet reads it without taking it for a formula.
fn quoted(value: &str) -> String {
    let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let value = match is_formula {
        true => format!("'{value}"),
        false => value.to_owned(),
    };
    match value.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", value.replace('"', "\"\"")),
        false => value,
    }
}
