//! The gateway as a web site: its own address, the icon, and the file that lists the addresses of Actions for wallets.

use std::convert::Infallible;

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderMap, Uri, header, request::Parts},
    response::IntoResponse,
};
use url::Url;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::specification::{ActionRule, ActionsJson};
use crate::http::{actions::refusals::ActionRefusals, state::AppState};

const ICON: &str = include_str!("icon.svg");
/// The path of the icon.
const ICON_PATH: &str = "/v1/actions/icon.svg";
/// Pages that show an Action's subject, and the Action. If app and gateway share a domain, the app's addresses of orders are
/// there as well.
const RULES: [(&str, &str); 3] = [
    ("/orders/*", "/v1/actions/orders/*"),
    ("/v1/orders/*", "/v1/actions/orders/*"),
    ("/v1/actions/**", "/v1/actions/**"),
];

/// The route of the icon, beneath the path of Actions.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(icon))
}

/// The route at the root of the site.
pub(super) fn root() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(actions_json))
}

/// Which addresses are Actions.
#[utoipa::path(
    get,
    path = "/actions.json",
    tag = "actions",
    responses(
        (status = 200, description = "The rules.", body = ActionsJson),
        ActionRefusals,
    )
)]
async fn actions_json() -> Json<ActionsJson> {
    let rule = |(pattern, path): (&str, &str)| ActionRule {
        path_pattern: pattern.to_owned(),
        api_path: path.to_owned(),
    };
    Json(ActionsJson {
        rules: RULES.map(rule).into(),
    })
}

/// The image that wallets show beside an Action.
#[utoipa::path(
    get,
    path = "/icon.svg",
    tag = "actions",
    responses(
        (status = 200, description = "The image.", body = String, content_type = "image/svg+xml"),
        ActionRefusals,
    )
)]
async fn icon() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    (headers, ICON)
}

/// The gateway's own address: the operator's setting, otherwise the host that the request names.
pub(super) struct Site(String);

impl Site {
    /// The absolute address of the icon.
    pub(super) fn icon(&self) -> String {
        format!("{}{ICON_PATH}", self.0)
    }
}

impl FromRequestParts<AppState> for Site {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let config = &state.config;
        let public = config.actions.public_url.clone();
        let named = || named_host(&parts.headers, &parts.uri);
        let origin = public
            .or_else(named)
            .unwrap_or_else(|| format!("http://{}", config.listen));
        Ok(Self(origin))
    }
}

/// The origin that a request names.
fn named_host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let authority = uri.authority().map(|authority| authority.as_str());
    let url = Url::parse(&format!("http://{}", host.or(authority)?)).ok()?;
    Some(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A host that a client names becomes an origin and nothing more.
    #[test]
    fn a_named_host_is_an_origin_or_nothing() {
        for (host, origin) in [
            ("gateway.example", Some("http://gateway.example")),
            ("127.0.0.1:8790", Some("http://127.0.0.1:8790")),
            ("[::1]:8790", Some("http://[::1]:8790")),
            ("a.example/path?query", Some("http://a.example")),
            ("user@a.example", Some("http://a.example")),
            ("a b", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            let named = named_host(&headers, &Uri::from_static("/"));
            assert_eq!(named.as_deref(), origin, "{host}");
        }
    }
}
