//! A guide's commands, and what it says that they print.

use std::collections::BTreeMap;

/// Blocks in these languages are for the eye alone.
const SHOWN: [&str; 5] = ["console", "ini", "toml", "json", "ts"];

/// A guide.
pub struct Page {
    /// In their order.
    pub steps: Vec<Step>,
    /// Settings of the document store, which are not run.
    pub settings: Vec<String>,
}

/// What is typed at once.
pub struct Step {
    /// Where its first command stands in the guide.
    pub line: usize,
    /// As they stand there.
    pub commands: String,
    /// How they are run.
    pub manner: Manner,
    /// The text block that follows.
    pub expected: Option<String>,
}

/// How commands are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// `sh`: each must do its work.
    Here,
    /// `sh fails`: must be refused.
    Fails,
    /// `sh in another terminal`: goes on until the guide ends.
    Elsewhere,
}

impl Page {
    /// Reads a guide. A block in a language that is not known is an error: it might be one that was to be run.
    pub fn read(text: &str) -> Result<Self, String> {
        let (mut steps, mut settings): (Vec<Step>, _) = (Vec::new(), Vec::new());
        let mut lines = text.lines().zip(1..);
        let mut follows_commands = false;
        while let Some((line, number)) = lines.next() {
            let Some(language) = line.trim_start().strip_prefix("```") else {
                continue;
            };
            let mut block = String::new();
            loop {
                match lines.next() {
                    Some((line, _)) if line.trim() == "```" => break,
                    Some((line, _)) => {
                        block.push_str(line);
                        block.push('\n');
                    }
                    None => return Err(format!("line {number}: this block does not end")),
                }
            }
            let manner = match language {
                "text" => {
                    match steps.last_mut() {
                        Some(step) if follows_commands => step.expected = Some(block),
                        _ => return Err(format!("line {number}: no command prints this text")),
                    }
                    follows_commands = false;
                    continue;
                }
                "sh" => Manner::Here,
                "sh fails" => Manner::Fails,
                "sh in another terminal" => Manner::Elsewhere,
                other if SHOWN.contains(&other) => {
                    if other == "toml" {
                        settings.push(block);
                    }
                    follows_commands = false;
                    continue;
                }
                other => return Err(format!("line {number}: what is ```{other}?")),
            };
            steps.push(Step {
                line: number + 1,
                commands: block,
                manner,
                expected: None,
            });
            follows_commands = true;
        }
        Ok(Self { steps, settings })
    }
}

impl Step {
    /// What a shell is given: the names so far, and the commands.
    pub fn script(&self, names: &BTreeMap<String, String>) -> String {
        let mut script = String::new();
        for (name, value) in names {
            // Addresses, URLs and paths of ours: none has a quote in it.
            script.push_str(&format!("{name}='{value}'\n"));
        }
        script + &self.commands
    }
}

/// A page is read as commands with their expected output.
#[test]
fn a_page_is_its_commands_and_what_they_print() {
    let page = Page::read(
        "# Title\n\n```sh\none\n```\nprints\n```text\n1\n```\n\n```console\n$ shown\n```\n```sh fails\ntwo\nthree\n```\n",
    )
    .unwrap();
    let [one, two] = &page.steps[..] else {
        panic!("{} steps", page.steps.len());
    };
    assert_eq!((one.line, one.manner), (4, Manner::Here));
    assert_eq!(one.expected.as_deref(), Some("1\n"));
    assert_eq!((two.line, two.manner), (15, Manner::Fails));
    assert_eq!(
        (two.commands.as_str(), &two.expected),
        ("two\nthree\n", &None)
    );
}

/// Blocks in unknown languages, outputs without a command and unfinished blocks are errors.
#[test]
fn what_might_have_been_meant_to_run_is_not_passed_over() {
    for (page, complaint) in [
        ("```bash\nls\n```\n", "line 1: what is ```bash?"),
        ("```\nls\n```\n", "line 1: what is ```?"),
        ("```text\nls\n```\n", "line 1: no command prints this text"),
        (
            "```sh\nls\n```\n```toml\n```\n```text\nls\n```\n",
            "line 6: no command prints this text",
        ),
        ("```sh\nls\n", "line 1: this block does not end"),
    ] {
        assert_eq!(Page::read(page).err().as_deref(), Some(complaint));
    }
}
