/// `GET /health`: the process runs and takes requests.
pub async fn health() -> &'static str {
    "ok\n"
}
