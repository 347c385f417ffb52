//! Links in reports.

use generion_client::{OwnLink, rpc::url::redacted};
use serde::Serialize;

use super::args::{Shown, name_of};
use crate::output::{
    failure::Failure,
    qr::{EcLevel, qr_code},
    report::Report,
    text::Text,
    time,
};

/// A link, without its key.
#[derive(Serialize)]
pub struct LinkView {
    /// SHA-256 of the copy in its store, by the beginning of which the link is named.
    pub id: String,
    pub record: String,
    /// The label that everybody who has the link sees; `null`: none.
    pub label: Option<String>,
    pub expires_at: u64,
    /// The store's address.
    pub store: String,
    /// Bytes of the copy in its store, encrypted.
    pub size: u64,
}

impl From<&OwnLink> for LinkView {
    fn from(own: &OwnLink) -> Self {
        let store = own.link.url.strip_suffix(&own.id.path());
        Self {
            id: name_of(own),
            record: own.record.to_string(),
            label: own.link.label.clone(),
            expires_at: own.id.expiry,
            store: redacted(store.unwrap_or(&own.link.url)),
            size: own.size,
        }
    }
}

impl LinkView {
    pub fn expiry(&self) -> String {
        time::show(i64::try_from(self.expires_at).unwrap_or(i64::MAX))
    }
}

/// A link with its key, for those to whom its owner gives it.
#[derive(Serialize)]
pub struct LinkReport {
    #[serde(flatten)]
    pub view: LinkView,
    /// The link itself.
    pub link: String,
    #[serde(skip)]
    qr: Option<String>,
}

impl LinkReport {
    pub fn new(own: &OwnLink, shown: &Shown) -> Result<Self, Failure> {
        let viewer = shown.viewer.as_ref().map(url::Url::as_str);
        let link = own.link.to_uri(viewer).to_string();
        // The level that the specification of health links recommends.
        let qr_of = |link: &str| qr_code(link, EcLevel::M, "the link", "Pass --no-qr");
        let qr = (!shown.no_qr).then(|| qr_of(&link)).transpose()?;
        Ok(Self {
            view: own.into(),
            link,
            qr,
        })
    }
}

impl Report for LinkReport {
    fn describe(&self, text: &mut Text) {
        if let Some(qr) = &self.qr {
            text.line(qr);
        }
        text.line(&self.link)
            .field("name", &self.view.id)
            .field("record", &self.view.record)
            .field("label", self.view.label.as_deref().unwrap_or("none"))
            .field("expires", self.view.expiry())
            .field("store", &self.view.store);
    }
}
