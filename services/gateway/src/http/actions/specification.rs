//! The types and constants of the specification: Solana Actions 2.4 (`@solana/actions-spec` 2.4.2, `@solana/actions`).

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::json::AddressText;

/// The version of the specification.
pub const VERSION: HeaderValue = HeaderValue::from_static("2.4");
/// The header with the version.
pub const ACTION_VERSION: HeaderName = HeaderName::from_static("x-action-version");
/// The header with the ledgers of an Action's transactions, as CAIP-2 names them.
pub const BLOCKCHAIN_IDS: HeaderName = HeaderName::from_static("x-blockchain-ids");
/// `Access-Control-Allow-Origin`.
pub const ALLOWED_ORIGIN: HeaderValue = HeaderValue::from_static("*");
/// `Access-Control-Allow-Methods`.
pub const ALLOWED_METHODS: HeaderValue = HeaderValue::from_static("GET,POST,PUT,OPTIONS");
/// `Access-Control-Allow-Headers`.
pub const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static(
    "Content-Type, Authorization, Content-Encoding, Accept-Encoding, X-Accept-Action-Version, X-Accept-Blockchain-Ids",
);
/// `Access-Control-Expose-Headers`.
pub const EXPOSED_HEADERS: HeaderValue =
    HeaderValue::from_static("X-Action-Version, X-Blockchain-Ids");

/// Whether an Action can be taken, or is over.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// The Action can be taken.
    Action,
    /// The Action is over.
    Completed,
}

/// An Action, as a client shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Action {
    /// Whether it can be taken, or is over.
    #[serde(rename = "type")]
    pub kind: ActionKind,
    /// The absolute address of an image.
    pub icon: String,
    /// The source of the Action.
    pub title: String,
    /// The effect of the Action.
    pub description: String,
    /// The text of the button: a verb first, five words at the most.
    pub label: String,
    /// Whether the button can't be pressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// The possible actions. Without them, the button sends a POST to the Action's own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<ActionLinks>,
    /// Why the button can't be pressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ActionError>,
}

/// The possible actions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionLinks {
    /// A button for each, in the place of the Action's own.
    pub actions: Vec<LinkedAction>,
}

/// The kind of answer to a POST.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkedActionKind {
    /// With a transaction to sign.
    Transaction,
    /// With the address of a web page to open.
    ExternalLink,
}

/// Something that can be done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkedAction {
    /// The kind of answer to the POST.
    #[serde(rename = "type")]
    pub kind: LinkedActionKind,
    /// The address for the POST. `{name}` stands for a parameter.
    pub href: String,
    /// The text of the button.
    pub label: String,
    /// The values that the user or the client enters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<ActionParameter>,
}

/// The field of a form.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionParameterKind {
    /// A line of text.
    Text,
}

/// The values that the user or the client enters.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionParameter {
    /// The field of the form.
    #[serde(rename = "type")]
    pub kind: ActionParameterKind,
    /// The parameter's name.
    pub name: &'static str,
    /// The text of the field while it is empty.
    pub label: &'static str,
    /// Whether it has to be entered.
    pub required: bool,
    /// A regular expression for it.
    pub pattern: &'static str,
    /// A description of the pattern.
    pub pattern_description: &'static str,
}

/// A refusal, or why a button can't be pressed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionError {
    /// The error, its subject, and advice.
    pub message: String,
}

/// The body of a request to take an Action. Fields that later versions of the specification add are ignored.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ActionPostRequest {
    /// The wallet that signs.
    pub account: AddressText,
    /// The parameters that are not in the address.
    #[serde(default)]
    pub data: BTreeMap<String, ActionInput>,
}

/// The value of a parameter.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ActionInput {
    /// One value.
    One(String),
    /// Several values, of a form that lets the user choose several.
    Several(Vec<String>),
}

/// The answer to the POST of an Action.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ActionPostResponse {
    /// A transaction to check, sign and send.
    Transaction {
        /// The transaction in base64, with zeros for the signatures. The client sets a block hash of its own.
        transaction: String,
        /// The effects and costs, as sentences.
        message: String,
        /// The message to show once the transaction is confirmed.
        links: NextLinks,
    },
    /// A web page to open.
    ExternalLink {
        /// The address of the next Action.
        #[serde(rename = "externalLink")]
        external_link: String,
        /// Why.
        message: String,
    },
}

/// The step after an Action.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NextLinks {
    /// The next Action.
    pub next: NextActionLink,
}

/// The next Action.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NextActionLink {
    /// This, without another request.
    Inline {
        /// The Action, which is over.
        action: Box<Action>,
    },
}

/// Which addresses of a web site are Actions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActionsJson {
    /// Each rule, the first that fits counts.
    pub rules: Vec<ActionRule>,
}

/// The Actions of some addresses.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionRule {
    /// The addresses: `*` stands for one part of a path, `**` for any number of them.
    pub path_pattern: String,
    /// The Action's address.
    pub api_path: String,
}
