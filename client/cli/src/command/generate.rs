//! Completion scripts and manual pages, made from the definition of the command line.

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::Command;
use clap_complete::Shell;
use serde::Serialize;

use crate::output::{
    failure::{Failure, files::file_error},
    report::{Output, Report},
    text::Text,
};

/// A completion script for a shell.
pub fn completions(shell: Shell, mut command: Command) -> Output {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "generion", &mut script);
    Output::verbatim(String::from_utf8_lossy(&script).into_owned())
}

#[derive(Serialize)]
struct Manual {
    pages: Vec<PathBuf>,
}

impl Report for Manual {
    fn describe(&self, text: &mut Text) {
        for page in &self.pages {
            text.line(page.display());
        }
    }
}

/// Writes a page for each command: `generion.1`, `generion-record.1`, `generion-record-create.1` and so on.
pub fn manual(folder: &Path, mut command: Command) -> Result<Output, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| file_error(folder, error))?;
    let mut pages = Vec::new();
    command.build();
    write(&command, folder, &mut pages)?;
    Output::new(&Manual { pages })
}

fn write(command: &Command, folder: &Path, pages: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let page = clap_mangen::Man::new(command.clone());
    let path = folder.join(page.get_filename());
    let file = || -> io::Result<()> {
        let mut bytes = Vec::new();
        page.render(&mut bytes)?;
        std::fs::write(&path, bytes)
    };
    file().map_err(|error| file_error(&path, error))?;
    pages.push(path);
    command
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .try_for_each(|command| write(command, folder, pages))
}
