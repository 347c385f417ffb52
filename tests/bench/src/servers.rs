//! The store and nginx, each on its own folder on the same disk.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use generion_bench::process::Server;

use generion_bench::http_client::Connection;

/// A running server.
pub struct Running {
    pub host: String,
    /// The address of the store's metrics.
    admin: Option<String>,
    server: Server,
}

impl Running {
    /// Starts a store. `preload` is a library that disables `fsync`.
    pub fn store(program: &Path, folder: &Path, preload: Option<&str>) -> Result<Self> {
        Self::configured_store(program, folder, preload, "")
    }

    /// Starts a store without a cache.
    pub fn forgetful_store(program: &Path, folder: &Path) -> Result<Self> {
        let config = "[memory]\nrecent_documents_bytes = 0\n";
        Self::configured_store(program, folder, None, config)
    }

    fn configured_store(
        program: &Path,
        folder: &Path,
        preload: Option<&str>,
        extra: &str,
    ) -> Result<Self> {
        let admin = free_port()?;
        let mut command = Command::new(program);
        command
            .args(["--listen", "127.0.0.1:0", "--admin-listen", &admin])
            .args(["--max-uploads", "1000", "--max-connections", "1000"])
            .env("GENERION_STORE_CONFIG", config(folder, extra)?)
            .env("RUST_LOG", "error")
            .arg("--dir")
            .arg(folder.join("store"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if let Some(library) = preload {
            command.env("LD_PRELOAD", library);
        }
        let mut server = Server(
            command
                .spawn()
                .with_context(|| format!("can't start {}", program.display()))?,
        );
        let mut line = String::new();
        let stdout = server.0.stdout.take().context("the store has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let host = line.trim().strip_prefix("listening on http://");
        Ok(Self {
            host: host.context("the store did not start")?.to_owned(),
            admin: Some(admin),
            server,
        })
    }

    /// Starts nginx with a process per core, with `sendfile`, and with the PUT of WebDAV.
    pub fn nginx(folder: &Path) -> Result<Self> {
        let host = free_port()?;
        let root = folder.join("nginx");
        for name in ["files", "temporary"] {
            fs::create_dir_all(root.join(name))?;
        }
        // If nginx is started by root, its workers also run as root.
        let shown = root.display();
        let text = format!(
            "daemon off;\nworker_processes auto;\npid {shown}/pid;\nerror_log {shown}/error.log;\nuser root root;\n\
             events {{ worker_connections 1024; }}\n\
             http {{\n  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  keepalive_requests 1000000;\n\
             client_max_body_size 0;\n  client_body_temp_path {shown}/temporary;\n\
             client_body_buffer_size 1m;\n\
             proxy_temp_path {shown}/temporary;\n  fastcgi_temp_path {shown}/temporary;\n\
             uwsgi_temp_path {shown}/temporary;\n  scgi_temp_path {shown}/temporary;\n\
             server {{\n    listen {host} backlog=1024;\n    root {shown}/files;\n    dav_methods PUT;\n  }}\n}}\n"
        );
        let file = root.join("nginx.conf");
        fs::write(&file, text)?;
        let server = Command::new("nginx")
            .args(["-e", &format!("{shown}/error.log"), "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("can't start nginx")?;
        let running = Self {
            host,
            admin: None,
            server: Server(server),
        };
        running.wait()?;
        Ok(running)
    }

    fn wait(&self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(&self.host).is_err() {
            ensure!(Instant::now() < deadline, "nginx did not start in time");
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    pub fn is_store(&self) -> bool {
        self.admin.is_some()
    }

    /// The processor time up to now.
    pub fn cpu(&self) -> Result<Duration> {
        self.server.cpu()
    }

    /// The value of a metric of the store.
    pub fn metric(&self, name: &str) -> Result<f64> {
        let admin = self.admin.as_ref().context("this server has no metrics")?;
        let text = Connection::to(admin)?.text("/metrics")?;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        Ok(line.context("no such metric")?.trim().parse()?)
    }
}

/// All clients of the benchmark upload with one key.
fn config(folder: &Path, extra: &str) -> Result<PathBuf> {
    let path = folder.join("store.toml");
    let text = format!("[uploads]\nmax_running_per_uploader = 1000\n{extra}");
    fs::write(&path, text)?;
    Ok(path)
}

/// An address that no program listens on.
fn free_port() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}
