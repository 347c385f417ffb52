//! Opens health links of anybody.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Read},
    path::{Path, PathBuf},
};

use clap::Args;
use generion_client::{ClientError, LinkError, crypto::health_link::HealthLink};
use serde::Serialize;
use solana_address::Address;

use crate::{
    context::Context,
    files::destination::To,
    output::{
        failure::{Failure, files::file_error},
        report::{Output, Report},
        text::Text,
        time, waiting,
    },
};

/// A link is shorter.
const MAX_TEXT: u64 = 8192;

#[derive(Args)]
pub struct OpenArgs {
    /// File with the link; - for standard input. A link opens a document, so it is no argument, which other users of this
    /// machine could see
    #[arg(value_name = "FILE", default_value = "-")]
    link: PathBuf,
    /// Your name, which the owner of the document may be shown
    #[arg(long, value_name = "NAME")]
    recipient: String,
    #[command(flatten)]
    to: To,
}

#[derive(Serialize)]
struct Opened {
    /// The link's label, as its maker wrote it; `null`: none.
    label: Option<String>,
    /// When the link says that it ends; `null`: it says nothing.
    expires_at: Option<u64>,
    media_type: String,
    /// Bytes of the document.
    size: u64,
    /// `null`: the document went to standard output.
    path: Option<PathBuf>,
}

/// Opens a link, and writes its document to a file.
pub async fn open(context: &Context, args: OpenArgs) -> Result<Output, Failure> {
    args.to.require_file()?;
    let destination = args.to.open()?;
    let text = read(&args.link)?;
    let link =
        HealthLink::parse(&text).map_err(|error| ClientError::from(LinkError::from(error)))?;
    let opened = {
        let _waiting = waiting::until_done("fetching the document");
        let (client, to) = (&context.client, destination.staged());
        client.open_link_into(&link, &args.recipient, to).await?
    };
    let beside = destination.is_stdout();
    // It has no record here that would name a file.
    let path = destination.finish(&Address::default(), &opened.media_type)?;
    Output::found(&Opened {
        label: link.label.clone(),
        expires_at: link.expiry,
        media_type: opened.media_type,
        size: opened.size,
        path,
    })
    .map(|output| output.beside(beside))
}

/// The first line of a file or of standard input.
fn read(path: &Path) -> Result<String, Failure> {
    let is_stdin = path == Path::new("-");
    if is_stdin && io::stdin().is_terminal() {
        let _paused = waiting::pause();
        eprintln!("Paste the link, then press Enter:");
    }
    let line = || {
        let from: Box<dyn Read> = match is_stdin {
            true => Box::new(io::stdin()),
            false => Box::new(File::open(path)?),
        };
        let mut line = String::new();
        BufReader::new(from.take(MAX_TEXT)).read_line(&mut line)?;
        Ok(line)
    };
    line().map_err(|error| file_error(path, error))
}

impl Report for Opened {
    fn describe(&self, text: &mut Text) {
        text.field("label", self.label.as_deref().unwrap_or("none"))
            .field(
                "expires",
                self.expires_at.map_or_else(
                    || "the link does not say".to_owned(),
                    |at| time::show(i64::try_from(at).unwrap_or(i64::MAX)),
                ),
            )
            .field("media type", &self.media_type)
            .field("size", format_args!("{} bytes", self.size));
        if let Some(path) = &self.path {
            text.field("written to", path.display());
        }
    }
}
