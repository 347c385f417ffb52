//! The proxies of `packaging/proxy` in front of a store and a gateway, with the web app. The tests of the store show what a
//! proxy must do; these show that the files for all of them work.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use generion_packaging::Package;
use generion_test_support::{Running, eventually};
use tempfile::TempDir;

use crate::service::Service;

/// The names in both files.
const NAMES: [&str; 3] = ["store.example", "gateway.example", "app.example"];

/// nginx forwards requests for each name to its server, and serves the app.
#[test]
fn nginx_serves_store_gateway_and_app() {
    let setup = Setup::start("nginx.conf");
    let mut text = setup.replaced("listen 443 ", &format!("listen {} ", setup.address));
    for name in NAMES {
        text = text.replace(&format!("/etc/ssl/{name}.pem"), "certificate.pem");
        text = text.replace(&format!("/etc/ssl/{name}.key"), "certificate.key");
    }
    let folder = setup.folder.path();
    let path = |name: &str| folder.join(name).display().to_string();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", path(kind)));
    let head = format!(
        "pid {};\nevents {{}}\nhttp {{\ninclude /etc/nginx/mime.types;\n",
        path("pid")
    );
    fs::write(
        folder.join("proxy.conf"),
        head + &temporary.concat() + &text + "}\n",
    )
    .unwrap();
    let mut nginx = Command::new("nginx");
    nginx.args(["-e", "stderr", "-g", "daemon off;", "-c"]);
    nginx.arg(folder.join("proxy.conf"));
    setup.assert_forwards(nginx);
}

/// Caddy forwards requests for each name to its server, and serves the app.
#[test]
fn caddy_serves_store_gateway_and_app() {
    let setup = Setup::start("Caddyfile");
    // Otherwise Caddy would request certificates, and listen on other ports too.
    let mut text = setup.replaced(
        "{\n\tservers",
        "{\n\tadmin off\n\tauto_https off\n\tservers",
    );
    let folder = setup.folder.path();
    let SocketAddr::V4(address) = setup.address else {
        panic!("the address is of IPv4");
    };
    for name in NAMES {
        let site = format!(
            "https://{name}:{} {{\n\tbind {}\n\ttls {2}/certificate.pem {2}/certificate.key",
            address.port(),
            address.ip(),
            folder.display()
        );
        text = text.replace(&format!("{name} {{"), &site);
    }
    fs::write(folder.join("Caddyfile"), text).unwrap();
    let mut caddy = Command::new("caddy");
    caddy.args(["run", "--adapter", "caddyfile", "--config"]);
    caddy.arg(folder.join("Caddyfile")).env("HOME", folder);
    setup.assert_forwards(caddy);
}

/// A store and a gateway, and the file of a proxy in front of them.
struct Setup {
    folder: TempDir,
    /// The address of the proxy.
    address: SocketAddr,
    /// The file of the proxy, with the addresses of the servers.
    text: String,
    _servers: [(Service, Running); 2],
}

impl Setup {
    fn start(file: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let mut text =
            fs::read_to_string(Package::workspace().join("packaging/proxy").join(file)).unwrap();
        let [store, gateway, _] = Package::ALL;
        let servers = [(store, "127.0.0.1:8787"), (gateway, "127.0.0.1:8790")];
        let servers = servers.map(|(package, installed)| {
            let service = Service::install(package);
            let mut command = service.command();
            if package.name == "store" {
                command.arg(format!("--host=store.example:{}", address.port()));
            }
            let mut running = Running::start(command, None);
            let line = running.line();
            let actual = line.strip_prefix("listening on http://").unwrap();
            assert!(text.contains(installed), "{installed}");
            text = text.replace(installed, actual);
            (service, running)
        });
        let folder = tempfile::tempdir().unwrap();
        make_certificate(folder.path());
        let app = folder.path().join("app");
        make_app(&app);
        let installed = "/srv/generion/app";
        assert!(text.contains(installed), "{installed}");
        text = text.replace(installed, &app.display().to_string());
        Self {
            folder,
            address,
            text,
            _servers: servers,
        }
    }

    fn replaced(&self, from: &str, to: &str) -> String {
        assert!(self.text.contains(from), "{from:?} is not in the file");
        self.text.replace(from, to)
    }

    /// Each server answers under its name, and not under the other one.
    fn assert_forwards(&self, mut proxy: Command) {
        let proxy = proxy.stdin(Stdio::null()).spawn();
        let _proxy = Proxy(proxy.expect("the Debian packages `nginx` and `caddy` are installed"));
        eventually("the proxy listens", || {
            TcpStream::connect(self.address).ok()
        });
        for name in ["store.example", "gateway.example"] {
            let answer = self.get(name, "/health", "%{http_code}");
            assert!(answer.starts_with("{\"status\":\"ok\""), "{answer}");
            assert!(answer.ends_with("200"), "{answer}");
        }
        // The store knows its name, and only the gateway answers with problems.
        let document = format!("/v1/documents/{:064}", 0);
        let told = " %{http_code} %{content_type}";
        let answer = self.get("store.example", &document, told);
        assert!(answer.contains("not_found"), "{answer}");
        assert!(answer.ends_with(" 404 application/json"), "{answer}");
        let answer = self.get("gateway.example", &document, told);
        assert!(
            answer.ends_with(" 404 application/problem+json"),
            "{answer}"
        );
        self.assert_serves_app();
    }

    /// The app's files come with their types, ages and the page's own policy, compressed.
    fn assert_serves_app(&self) {
        let page = self.get("app.example", "/", "");
        assert_eq!(page, app_page());
        let policy = policy(&page);
        let own = policy.as_str();
        let hashed = "public, max-age=31536000, immutable";
        for (path, media_type, age, policy) in [
            ("/", "text/html", "no-cache", own),
            ("/networks.json", "application/json", "no-cache", own),
            ("/service-worker.js", "javascript", "no-cache", own),
            (
                "/manifest.webmanifest",
                "application/manifest+json",
                "no-cache",
                own,
            ),
            ("/assets/index-1a2b.js", "javascript", hashed, own),
            ("/assets/index-1a2b.css", "text/css", hashed, own),
            (PDF_WORKER, "javascript", hashed, PDF_WORKER_POLICY),
        ] {
            let told = "\n%{http_code}\n%{content_type}\n%{header_json}";
            let answer = self.get("app.example", path, told);
            let (_, told) = answer.split_once("\n200\n").expect(path);
            let (found, headers) = told.split_once('\n').unwrap();
            assert!(found.contains(media_type), "{path}: {found}");
            let headers: serde_json::Value = serde_json::from_str(headers).unwrap();
            for (name, value) in [
                ("cache-control", age),
                ("content-security-policy", policy),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("strict-transport-security", "max-age=31536000"),
                (
                    "permissions-policy",
                    "camera=(self), geolocation=(), microphone=(), publickey-credentials-create=(self), \
                     publickey-credentials-get=(self)",
                ),
            ] {
                assert_eq!(headers[name], serde_json::json!([value]), "{path}: {name}");
            }
        }
        let told = "\n%{http_code} %{size_download}";
        let script = self.get("app.example", "/assets/index-1a2b.js", told);
        let (_, size) = script.rsplit_once("\n200 ").unwrap();
        let size: usize = size.parse().unwrap();
        assert!(size < APP_SCRIPT_BYTES / 10, "{size} bytes: not compressed");
        let missing = self.get("app.example", "/assets/index-0000.js", "\n%{http_code}");
        assert!(missing.ends_with("\n404"), "{missing}");
    }

    /// The answer to a request at the proxy, and what curl tells about it.
    fn get(&self, name: &str, path: &str, told: &str) -> String {
        let port = self.address.port();
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--insecure", "--compressed"])
            .args(["--max-time", "60"])
            .arg("--resolve")
            .arg(format!("{name}:{port}:{}", self.address.ip()))
            .args(["--write-out", told])
            .arg(format!("https://{name}:{port}{path}"))
            .output()
            .expect("the Debian package `curl` is installed");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}{path}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The worker that reads PDF documents, which may connect to nobody.
const PDF_WORKER: &str = "/assets/pdf-worker-1a2b.js";
const PDF_WORKER_POLICY: &str = "default-src 'none'; script-src 'self'";
/// Bytes of the app's script.
const APP_SCRIPT_BYTES: usize = 100_000;

/// The page of the app, with the policy that all files of it are served with.
fn app_page() -> String {
    let page = Package::workspace().join("client/web/index.html");
    fs::read_to_string(page).unwrap()
}

/// The policy that the page names, and what only a header can say.
fn policy(page: &str) -> String {
    let (_, after) = page
        .split_once("http-equiv=\"Content-Security-Policy\"")
        .unwrap();
    let (_, content) = after.split_once("content=\"").unwrap();
    let (policy, _) = content.split_once('"').unwrap();
    format!("{policy}; frame-ancestors 'none'")
}

/// Makes a folder as a build of the app.
fn make_app(folder: &Path) {
    fs::create_dir_all(folder.join("assets")).unwrap();
    let script = " ".repeat(APP_SCRIPT_BYTES);
    for (name, text) in [
        ("index.html", app_page().as_str()),
        ("networks.json", "[]"),
        ("service-worker.js", ""),
        ("manifest.webmanifest", "{}"),
        ("assets/index-1a2b.js", &script),
        ("assets/index-1a2b.css", "p {}"),
        (&PDF_WORKER[1..], ""),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    // nginx started by root reads as another user.
    for folder in folder.ancestors().take(2).chain([&*folder.join("assets")]) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// Makes a certificate for all names.
fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
        .args(["-pkeyopt", "ec_paramgen_curve:P-256"])
        .args(["-subj", "/CN=store.example", "-addext"])
        .arg(format!(
            "subjectAltName={}",
            NAMES.map(|name| format!("DNS:{name}")).join(",")
        ))
        .args(["-out", "certificate.pem", "-keyout", "certificate.key"])
        .current_dir(folder)
        .output()
        .expect("the Debian package `openssl` is installed");
    assert!(made.status.success());
}

/// A running proxy.
struct Proxy(Child);

impl Drop for Proxy {
    fn drop(&mut self) {
        // The workers of nginx only end if their master is terminated, not if it is killed.
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.0.wait();
    }
}
