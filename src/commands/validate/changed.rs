//! `--since REV`: what changed in the working tree since a revision, new files too, as git tells it. A campaign is
//! concerned if it changed, or a file that it names, or the crier.yaml above it or its prices, or if a campaign beside it is
//! gone, or was edited so that something of it that this one refers to is. What git ignores it cannot tell of.
//!
//! The files may be a stranger's. Git is asked in the folder that holds `.git`, which no commit can bring: a folder that
//! looks like a repository is taken for one elsewhere, and its settings run commands.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::anyhow;
use dsl::across::Outline;
use engine::load::{self, LoadError, LoadedProject, PROJECT_FILE};

use crate::commands::Failure;

/// The files that changed, as absolute paths without links.
pub(super) struct Changed {
    paths: BTreeSet<PathBuf>,
    /// The campaigns among them that were there before, as they were.
    before: BTreeMap<PathBuf, Vec<u8>>,
}

/// A campaign that is still there, as others saw it before and see it now.
pub(super) struct Edited {
    before: Outline,
    now: Outline,
}

impl Changed {
    /// Asks git about the repositories that these files are in. Fails where there is no git, no repository or no such
    /// revision.
    pub fn since(revision: &str, files: &[PathBuf]) -> Result<Changed, Failure> {
        let folders: BTreeSet<PathBuf> = files.iter().map(|file| folder_of(file)).collect();
        let mut roots = BTreeSet::new();
        for folder in folders {
            roots.insert(root_of(&folder)?);
        }
        let (mut paths, mut before) = (BTreeSet::new(), BTreeMap::new());
        for root in roots {
            let commit = commit_of(&root, revision)?;
            for name in changed_in(&root, &commit)? {
                let path = root.join(&name);
                if load::is_campaign(&path)
                    && let Some(name) = name.to_str()
                    && let Some(bytes) = git(&root, &["cat-file", "blob", &format!("{commit}:{name}")])?
                {
                    before.insert(path.clone(), bytes);
                }
                paths.insert(path);
            }
        }
        Ok(Changed { paths, before })
    }

    /// The campaigns of a project that were edited.
    pub fn edited(&self, project: &LoadedProject) -> Vec<Edited> {
        let own = folder_of(&project.folder.join(PROJECT_FILE));
        let of_project = |path: &Path| folder_of(&load::project_folder(path).join(PROJECT_FILE)) == own;
        let its = self.before.iter().filter(|(path, _)| of_project(path));
        its.filter_map(|(path, bytes)| {
            let now = load::bytes_in(path, project).ok()?;
            Some(Edited {
                before: load::outline_of_bytes(path, bytes, project),
                now: load::outline_of_bytes(path, &now, project),
            })
        })
        .collect()
    }

    /// Whether this file changed; it need not be there any more.
    pub fn has(&self, path: &Path) -> bool {
        let itself = path.file_name().map(|name| folder_of(path).join(name));
        itself.is_some_and(|itself| self.paths.contains(&itself))
            || std::fs::canonicalize(path).is_ok_and(|target| self.paths.contains(&target))
    }

    /// Whether what is to be said of a crier.yaml may have changed.
    pub fn concerns_project(&self, path: &Path, project: &LoadedProject) -> bool {
        let named = load::files_of_project(project);
        self.has(path) || named.iter().any(|file| self.has(file))
    }

    /// Whether what is to be said of a campaign may have changed.
    pub fn concerns(
        &self,
        campaign: &Path,
        project: &LoadedProject,
        edited: &[Edited],
    ) -> Result<bool, LoadError> {
        if self.has(campaign) || self.concerns_all(campaign, project) {
            return Ok(true);
        }
        let named = load::files_of(campaign, project)?;
        if named.iter().any(|file| self.has(file)) {
            return Ok(true);
        }
        if edited.is_empty() {
            return Ok(false);
        }
        let own = load::outline_of_bytes(campaign, &load::bytes_in(campaign, project)?, project);
        Ok(edited.iter().any(|other| own.misses(&other.before, &other.now)))
    }

    /// Whether something changed that every campaign of a project has to do with.
    fn concerns_all(&self, campaign: &Path, project: &LoadedProject) -> bool {
        let folder = folder_of(campaign);
        let mut projects = self.paths.iter().filter(|path| path.ends_with(PROJECT_FILE));
        if projects.any(|path| path.parent().is_some_and(|above| folder.starts_with(above))) {
            return true;
        }
        // Any of the others may name the one that is gone.
        let root = folder_of(&project.folder.join(PROJECT_FILE));
        let is_gone = |path: &PathBuf| load::is_campaign(path) && path.symlink_metadata().is_err();
        let mut below = self.paths.iter().filter(|path| path.starts_with(&root));
        let prices = &load::known_project(project).prices;
        let has_prices = || prices.iter().any(|path| self.has(&project.folder.join(path)));
        below.any(is_gone) || has_prices()
    }
}

/// The top folder of the repository that a folder is in, found without git.
fn root_of(folder: &Path) -> Result<PathBuf, Failure> {
    let root = folder
        .ancestors()
        .find(|above| above.join(".git").symlink_metadata().is_ok());
    let is_known = |root: &Path| git(root, &["rev-parse", "--git-dir"]).map(|told| told.is_some());
    match root {
        Some(root) if is_known(root)? => Ok(root.to_owned()),
        _ => Err(Failure::Usage(anyhow!(
            "{} is in no git repository, which --since needs",
            folder.display()
        ))),
    }
}

/// The commit that a revision names.
fn commit_of(root: &Path, revision: &str) -> Result<String, Failure> {
    let commit = format!("{revision}^{{commit}}");
    let asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
    let commit = git(root, &asked)?.ok_or_else(|| {
        Failure::Usage(anyhow!(
            "git knows no revision {revision:?} here; a shallow clone, as CI makes it, has to fetch it first"
        ))
    })?;
    Ok(String::from_utf8_lossy(commit.trim_ascii_end()).into_owned())
}

/// The paths below the root of a repository that differ from a commit: changed, new, or gone.
fn changed_in(root: &Path, commit: &str) -> Result<Vec<PathBuf>, Failure> {
    let diff = [
        "diff",
        "--name-only",
        "--no-renames",
        "--no-relative",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=all",
        "-z",
        commit,
        "--",
    ];
    let new = ["ls-files", "--others", "--exclude-standard", "-z"];
    let mut paths = vec![];
    for args in [&diff[..], &new[..]] {
        let names = git(root, args)?
            .ok_or_else(|| Failure::Usage(anyhow!("`git {}` fails in {}", args.join(" "), root.display())))?;
        let names = names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        paths.extend(names.map(path_of));
    }
    Ok(paths)
}

/// Settings that go before those of any file.
const SETTINGS: [&str; 3] = [
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
];

/// What says of another repository that it is meant, as it stands in the environment of a hook.
const ELSEWHERE: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
];

/// What git prints, asked in the top folder of a repository; none where it fails.
fn git(root: &Path, args: &[&str]) -> Result<Option<Vec<u8>>, Failure> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root);
    command.args(SETTINGS.iter().flat_map(|setting| ["-c", *setting]));
    command.args(args).env("GIT_OPTIONAL_LOCKS", "0");
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    // Git looks in no folder above.
    command.env("GIT_CEILING_DIRECTORIES", root.parent().unwrap_or(root));
    let output = command.output().map_err(|error| {
        Failure::Usage(anyhow!(
            "--since asks the program git, which cannot be run: {error}"
        ))
    })?;
    Ok(output.status.success().then_some(output.stdout))
}

/// The absolute folder of a file, links resolved as far as the folders are there.
fn folder_of(file: &Path) -> PathBuf {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = absolute.parent().unwrap_or(&absolute);
    let mut there = folder.ancestors();
    let resolved = there.find_map(|above| Some((above, std::fs::canonicalize(above).ok()?)));
    match resolved {
        Some((above, real)) if above == folder => real,
        Some((above, real)) => folder
            .strip_prefix(above)
            .map(|rest| real.join(rest))
            .unwrap_or(real),
        None => folder.to_owned(),
    }
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    OsStr::new(String::from_utf8_lossy(bytes).as_ref()).into()
}
