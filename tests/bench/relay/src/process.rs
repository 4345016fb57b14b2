//! What a process has used, as the kernel counts it (proc(5)).

use crate::Failure;

/// The kernel's clock tick for user space: a hundredth of a second on every Linux.
const TICK_S: f64 = 0.01;

/// Seconds of processor time that these processes have used.
pub(crate) fn cpu_s(processes: &[&str]) -> Result<f64, Failure> {
    let mut ticks = 0.0;
    for process in processes {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        let (_, rest) = stat.rsplit_once(") ").ok_or("stat")?;
        // utime and stime: fields 14 and 15, of which two lie before `rest`.
        for field in rest.split(' ').skip(11).take(2) {
            ticks += field.parse::<f64>()?;
        }
    }
    Ok(ticks * TICK_S)
}

/// Bytes that a process has in memory.
pub(crate) fn resident(process: &str) -> Result<f64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("no VmRSS")?
        .parse()?;
    Ok(kib * 1024.0)
}
