use core::fmt::Write;

use super::{
    plot::histogram,
    quantity::Figures,
    report::{Count, Report, Row, Series},
};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}\
table{border-collapse:collapse;margin:1rem 0;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}code{word-break:break-all}";

/// The report as one HTML page, with its plots, that loads nothing from anywhere. `title` is the study's.
pub fn page(report: &Report, title: &str) -> String {
    let mut html = String::new();
    // Writing into a string never fails.
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n\
         <p>Study <code>{study}</code>.<br>Description, SHA-256: <code>{description}</code>.<br>Annex, SHA-256: <code>{annex}</code>.</p>\n\
         <p>All figures follow from facts that the creators of the records attested. A figure about fewer than {least} wallets, or of \
         which one wallet has more than a third, is suppressed, and so are figures that would reveal a suppressed one. Suppressed is not \
         zero. Figures are rounded so that one value does not show.</p>\n",
        title = escaped(title),
        study = report.study,
        description = hex::encode(report.description),
        annex = hex::encode(report.annex),
        least = report.min_wallets,
    );
    let total = match report.count {
        Some(Count { wallets, records }) => {
            format!("{records} records of {wallets} wallets were collected.")
        }
        None => "Too little was collected for any figure.".to_owned(),
    };
    let _ = writeln!(html, "<p>{total}</p>");
    for table in &report.tables {
        let _ = writeln!(html, "<h2>Records by {}</h2>", escaped(&table.by));
        rows(&mut html, &table.by, &table.rows);
    }
    for code in &report.codes {
        let _ = writeln!(html, "<h2>Code <code>{}</code></h2>", escaped(&code.code));
        let _ = writeln!(html, "<p>Records: {}</p>", counted(code.count));
        for one in &code.series {
            series(&mut html, one);
        }
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn series(html: &mut String, series: &Series) {
    let _ = writeln!(html, "<h3>In {}</h3>", escaped(&series.unit));
    let Some(figures) = &series.figures else {
        html.push_str("<p>Suppressed.</p>\n");
        return;
    };
    if let Some(svg) = histogram(figures, &series.unit) {
        let _ = writeln!(
            html,
            "<figure role=\"img\" aria-label=\"Histogram\">{svg}</figure>"
        );
    }
    let all = Row {
        value: "all".to_owned(),
        count: series.count,
        figures: series.figures.clone(),
    };
    rows(html, "", &[all]);
    for table in &series.tables {
        rows(html, &table.by, &table.rows);
    }
}

fn rows(html: &mut String, by: &str, rows: &[Row]) {
    let has_figures = rows.iter().any(|row| row.figures.is_some());
    let _ = write!(
        html,
        "<table><thead><tr><th>{}</th><th class=\"n\">records</th>",
        escaped(by)
    );
    if has_figures {
        html.push_str(
            "<th class=\"n\">n</th><th class=\"n\">mean</th><th class=\"n\">sd</th><th class=\"n\">q1</th><th class=\"n\">median</th><th class=\"n\">q3</th>",
        );
    }
    html.push_str("</tr></thead><tbody>\n");
    for row in rows {
        let value = escaped(&row.value);
        let _ = write!(
            html,
            "<tr><td>{value}</td><td class=\"n\">{}</td>",
            counted(row.count)
        );
        if has_figures {
            for text in columns(row.figures.as_ref()) {
                let _ = write!(html, "<td class=\"n\">{text}</td>");
            }
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table>\n");
}

fn columns(figures: Option<&Figures>) -> [String; 6] {
    match figures {
        Some(figures) => {
            let Figures {
                n,
                mean,
                sd,
                q1,
                median,
                q3,
                ..
            } = figures;
            let texts = [mean, sd, q1, median, q3].map(Clone::clone);
            let [mean, sd, q1, median, q3] = texts;
            [n.to_string(), mean, sd, q1, median, q3]
        }
        None => [const { String::new() }; 6],
    }
}

fn counted(count: Option<Count>) -> String {
    match count {
        Some(Count { wallets, records }) => format!("{records} of {wallets} wallets"),
        None => "suppressed".to_owned(),
    }
}

/// Text of strangers, for HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
