use std::fmt::Write as _;

use anyhow::{Result, bail};

/// A table as a TypeScript module: its first lines as comments, the others as one constant, named as the table in capitals.
pub(super) fn module(name: &str, table: &str) -> Result<String> {
    let mut module = String::new();
    let mut lines = Vec::new();
    for line in table.lines() {
        match line.strip_prefix('#') {
            Some(comment) => writeln!(module, "//{comment}")?,
            None => lines.push(line),
        }
    }
    let data = lines.join("\n");
    if data.contains(['\'', '\\', '\r']) {
        bail!("the table {name} has a character that a TypeScript text would have to escape");
    }
    let constant = name.replace('-', "_").to_ascii_uppercase();
    let data = data.replace('\n', "\\n").replace('\t', "\\t");
    writeln!(module, "export const {constant}: string =\n    '{data}';")?;
    Ok(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_becomes_a_module_with_one_text() {
        assert_eq!(
            module(
                "value-sets",
                "# Made.\n# Codes.\npets\tfed\till\ntoys\tball\n"
            )
            .unwrap(),
            "// Made.\n// Codes.\nexport const VALUE_SETS: string =\n    'pets\\tfed\\till\\ntoys\\tball';\n"
        );
        let refused = module("pets", "cat's\tfed\n").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the table pets has a character that a TypeScript text would have to escape"
        );
    }
}
