//! Other programs, and what they used.

use std::{
    fs, io,
    mem::MaybeUninit,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

/// What a process used.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// From start to end.
    pub wall: Duration,
    /// Processor time of all its threads, the system's included.
    pub cpu: Duration,
    /// The most memory that it had at a time, in bytes.
    pub memory: u64,
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Result<Used> {
    let shown = format!("{command:?}");
    let start = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("can't start {shown}"))?;
    let (status, usage) = wait(child)?;
    let wall = start.elapsed();
    ensure!(status == 0, "{shown} failed with status {status}");
    Ok(Used {
        wall,
        cpu: duration(usage.ru_utime) + duration(usage.ru_stime),
        // In KiB on Linux.
        memory: u64::try_from(usage.ru_maxrss)? * 1024,
    })
}

/// Waits for a process, and takes what the system counted for it.
fn wait(child: Child) -> Result<(i32, libc::rusage)> {
    let pid = libc::pid_t::try_from(child.id())?;
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: both pointers are to memory of ours that lives longer than the call. `child` is not waited for
    // otherwise: it is dropped, which does not.
    let waited = unsafe { libc::wait4(pid, &mut status, 0, usage.as_mut_ptr()) };
    ensure!(waited == pid, io::Error::last_os_error());
    // SAFETY: `wait4` returned a process, and has filled it in.
    Ok((status, unsafe { usage.assume_init() }))
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = Duration::from_secs(time.tv_sec.try_into().unwrap_or_default());
    seconds + Duration::from_micros(time.tv_usec.try_into().unwrap_or_default())
}

/// Whether there is such a program on the PATH.
pub fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.arg("--version").stdin(Stdio::null());
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}

/// A server, which ends with this value.
pub struct Server(pub Child);

impl Server {
    /// Processor time of the server and of the processes that it started, so far.
    pub fn cpu(&self) -> Result<Duration> {
        let mut ticks = 0;
        for entry in fs::read_dir("/proc")? {
            // Some end while we look, and what is no process has no such file.
            let Ok(stat) = fs::read_to_string(entry?.path().join("stat")) else {
                continue;
            };
            // PID (NAME) STATE PARENT ... with user and system time as fields 14 and 15 (proc(5)).
            let Some((pid, rest)) = stat.split_once(' ') else {
                continue;
            };
            let fields: Vec<_> = match rest.rsplit_once(')') {
                Some((_, fields)) => fields.split_whitespace().collect(),
                None => continue,
            };
            let server = self.0.id().to_string();
            if [Some(&pid), fields.get(1)].contains(&Some(&server.as_str())) {
                for field in [11, 12] {
                    ticks += fields.get(field).context("no such field")?.parse::<u64>()?;
                }
            }
        }
        // SAFETY: it takes a number and returns one.
        let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
        Ok(Duration::from_secs(ticks) / u32::try_from(per_second)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Not killed at once: nginx has to end its workers first.
        if let Ok(pid) = libc::pid_t::try_from(self.0.id()) {
            // SAFETY: it takes numbers. The process is ours and not waited for yet, so the number is still its.
            unsafe { libc::kill(pid, libc::SIGTERM) };
        }
        let _ = self.0.wait();
    }
}
