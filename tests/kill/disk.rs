//! A disk that fills up under a launch. Where nobody may mount a small disk, the disk is a limit on the size of files:
//! either way nothing is written any more, and nothing is lost.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::carrier::Carrier;
use crate::chance::{Chance, seed};
use crate::drive::turn;
use crate::join::join;
use crate::run::Run;
use crate::scenarios::BASE;
use crate::town::{PATIENCE, Texts, Town, people_or};

/// A mounted disk; unmounted when it is dropped.
struct SmallDisk {
    place: TempDir,
    /// What a command must begin with to mount.
    way: &'static [&'static str],
}

impl SmallDisk {
    /// Of so many KiB. None where neither this user nor `sudo` may mount.
    fn mount(kib: u64) -> Option<SmallDisk> {
        let place = tempfile::tempdir().expect("a folder");
        let ways: [&[&str]; 2] = [&[], &["sudo", "-n"]];
        let way = ways.into_iter().find(|way| {
            let options = format!("size={kib}k,mode=1777");
            does(
                way,
                &["mount", "-t", "tmpfs", "-o", &options, "tmpfs"],
                place.path(),
            )
        })?;
        Some(SmallDisk { place, way })
    }

    fn ballast(&self) -> PathBuf {
        self.place.path().join("ballast")
    }

    /// Not a byte is left.
    fn fill(&self) {
        let mut file = File::create(self.ballast()).expect("a file");
        for size in [1 << 16, 1 << 12, 1] {
            let block = vec![0_u8; size];
            while file.write_all(&block).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("it is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        does(self.way, &["umount", "-l"], self.place.path());
    }
}

/// Whether a command does what it is told, on this folder.
fn does(way: &[&str], args: &[&str], folder: &Path) -> bool {
    let mut words = way.iter().chain(args);
    let program = words.next().expect("there is a program");
    let mut command = Command::new(program);
    command.args(words).arg(folder);
    let output = command.output();
    output.is_ok_and(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_disk_it_ends_and_with_room_again_it_goes_on() {
    let _turn = turn().await;
    let people = people_or(1_500);
    let Some(disk) = SmallDisk::mount(12 * 1024 + people * 2) else {
        eprintln!("no disk can be mounted here: the file that may not grow stands in for it");
        return with_a_file_that_may_not_grow().await;
    };
    eprintln!("CRIER_SEED={} repeats the moments", seed());
    let mut chance = Chance::of("disk");
    let carrier = Carrier::start(BASE.nature, None);
    let town = Town::new(
        &carrier,
        people,
        (people / 5).min(5_000),
        BASE.promises,
        Texts::One,
    );
    std::os::unix::fs::symlink(disk.place.path(), town.folder().path().join(".crier")).expect("a link");
    let mut full = 0;
    for _ in 0..4 {
        let mut run = town.run();
        // A slow machine has launched nothing by the first moment otherwise.
        while carrier.submitted() == 0 && run.ended().is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let moment = chance.between(Duration::from_millis(100), Duration::from_millis(900));
        if run.ends_within(moment).await {
            assert_eq!(run.code(), Some(0), "{}", run.said());
            break;
        }
        disk.fill();
        ended_full(&mut run).await;
        let mut again = town.run();
        ended_full(&mut again).await;
        let (code, _) = town.crier(&["status", "test", "--format", "json"]);
        assert_eq!(code, Some(0), "it stays readable");
        disk.free();
        full += 1;
    }
    assert!(full >= 2, "the disk was full {full} times");
    let mut last = town.run();
    assert_eq!(last.ended_within(PATIENCE).await, Some(0), "{}", last.said());
    let counts = join(&BASE, &town, &carrier).await;
    eprintln!("the disk was full {full} times: {counts:?}");
}

/// It ends with an error that says what is the matter.
async fn ended_full(run: &mut Run) {
    let code = run.ended_within(PATIENCE).await;
    let said = run.said().replace('\n', " ");
    assert!(code == Some(3) && said.contains("full"), "{code:?}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_store_that_may_not_grow_it_ends_and_without_the_limit_it_goes_on() {
    let _turn = turn().await;
    with_a_file_that_may_not_grow().await;
}

/// Writing past the limit fails, as it does on a disk with errors.
async fn with_a_file_that_may_not_grow() {
    let carrier = Carrier::start(BASE.nature, None);
    let town = Town::new(&carrier, 1_500, 500, BASE.promises, Texts::One);
    // In blocks of 512 bytes; the first is too little for the plan.
    let mut failed = 0;
    for blocks in [2_200, 2_600, 3_400] {
        let mut limited = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        limited.args([
            "-c",
            &script,
            env!("CARGO_BIN_EXE_crier"),
            "run",
            "test.campaign.yaml",
        ]);
        limited.current_dir(town.folder().path()).env("NO_COLOR", "1");
        let mut run = Run::start(limited);
        match run.ended_within(PATIENCE).await {
            Some(0) => break,
            Some(3) => failed += 1,
            code => panic!("{code:?}: {}", run.said()),
        }
    }
    assert!(failed >= 1, "the limit was never met");
    let mut last = town.run();
    assert_eq!(last.ended_within(PATIENCE).await, Some(0), "{}", last.said());
    let counts = join(&BASE, &town, &carrier).await;
    eprintln!("writing failed {failed} times: {counts:?}");
}
