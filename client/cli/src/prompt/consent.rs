//! Asking for confirmation before money moves or something is deleted.

use std::io::{self, IsTerminal, Write};

use generion_client::{rpc::amount::Sol, rpc::text::printable};

use crate::output::{failure::Failure, format::Format, waiting};

/// The user's confirmation: asked for on the terminal, or given by `--yes`.
pub struct Consent {
    given: bool,
    format: Format,
}

/// The plan of a command, as lines for the user.
pub struct Plan {
    lines: Vec<String>,
}

impl Plan {
    /// `action` is a sentence in the imperative, such as "Delete record …".
    pub fn new(action: impl Into<String>) -> Self {
        Self {
            lines: vec![printable(&action.into())],
        }
    }

    /// Adds an amount and its purpose.
    pub fn pays(self, lamports: u64, purpose: impl AsRef<str>) -> Self {
        self.notes(format!("{} {}", Sol(lamports), purpose.as_ref()))
    }

    /// Adds a note.
    pub fn notes(mut self, note: impl AsRef<str>) -> Self {
        self.lines.push(format!("  {}", printable(note.as_ref())));
        self
    }
}

impl Consent {
    /// Fails if there is no terminal to ask on and `--yes` was not passed.
    pub fn new(given: bool, format: Format) -> Result<Self, Failure> {
        let can_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
        if !given && !can_ask {
            return Err(Failure::new(
                "this command asks for confirmation, and there is no terminal to ask on",
                "Pass --yes to confirm beforehand.",
            ));
        }
        Ok(Self { given, format })
    }

    /// Shows the plan and asks the user to type a word.
    pub async fn in_words(self, plan: Plan, word: &'static str) -> Result<(), Failure> {
        self.ask(plan, format!("Type {word} to continue: "), move |answer| {
            answer.trim() == word
        })
        .await
    }

    /// Shows the plan and asks for confirmation, unless `--yes` was passed.
    pub async fn to(self, plan: Plan) -> Result<(), Failure> {
        self.ask(plan, "Continue? [y/N] ".to_owned(), |answer| {
            matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
        })
        .await
    }

    async fn ask(
        self,
        plan: Plan,
        question: String,
        is_yes: impl FnOnce(&str) -> bool,
    ) -> Result<(), Failure> {
        let plan = plan.lines.join("\n");
        if self.given {
            let _paused = waiting::pause();
            // Programs get no text besides their JSON.
            if self.format == Format::Display {
                writeln!(io::stdout(), "{plan}").map_err(|error| {
                    Failure::new(
                        format!("can't print the plan: {error}"),
                        "Nothing was sent.",
                    )
                })?;
            }
            return Ok(());
        }
        let _paused = waiting::pause();
        let answer = tokio::task::spawn_blocking(move || -> io::Result<String> {
            let mut stderr = io::stderr();
            write!(stderr, "{plan}\n{question}")?;
            stderr.flush()?;
            let mut answer = String::new();
            io::stdin().read_line(&mut answer)?;
            Ok(answer)
        })
        .await;
        match answer {
            Ok(Ok(answer)) if is_yes(&answer) => Ok(()),
            _ => Err(Failure::new("not confirmed", "Nothing was sent.")),
        }
    }
}
