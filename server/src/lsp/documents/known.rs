//! What answers are given from: a file as it was read, with what is around it. Nothing is checked here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsl::editor::position::{Lines, Place};
use dsl::editor::{Around, Document, File, FileKind, Memo, Price};
use dsl::project::Project;
use dsl::{CampaignFile, Header, ProjectFile};
use engine::audience::Prices;
use engine::load::{self, LoadedProject};
use url::Url;

use super::check::Whole;

/// What is known of a file.
pub(in super::super) struct Known {
    /// As it was read; empty where it cannot be.
    pub text: String,
    pub lines: Lines,
    pub version: i32,
    /// Of a campaign its file name without its endings, of a crier.yaml its folder's.
    pub name: String,
    /// As it is to be checked.
    pub whole: Whole,
    parsed: Parsed,
    project: Arc<Project>,
    crier_yaml: Option<CrierYaml>,
    headers: BTreeMap<String, Header>,
    price: Option<Price>,
    memo: Memo,
}

enum Parsed {
    Campaign(Box<CampaignFile>),
    Project(Box<ProjectFile>),
}

/// The crier.yaml that a campaign is of.
pub(in super::super) struct CrierYaml {
    pub uri: Option<String>,
    pub text: String,
    pub lines: Lines,
    file: ProjectFile,
}

/// A file that a campaign names.
pub(in super::super) struct Apart {
    pub uri: String,
    pub path: PathBuf,
    pub text: String,
}

impl Known {
    /// A campaign of a project; `uri`: of its crier.yaml.
    pub fn campaign(
        path: &Path,
        text: &str,
        version: i32,
        project: (LoadedProject, Option<String>),
    ) -> Known {
        let (loaded, uri) = project;
        let whole = Whole::Campaign {
            path: path.to_owned(),
            text: text.to_owned(),
            project: loaded.clone(),
        };
        let crier_yaml = loaded.file.as_ref().map(|file| CrierYaml {
            uri,
            lines: Lines::new(&file.text),
            file: dsl::parse_project(&file.text),
            text: file.text.clone(),
        });
        let (text, project) = (read(text), load::known_project(&loaded));
        let parsed = dsl::parse_campaign(&text);
        Known {
            name: load::stem(path),
            headers: load::Headers::default().of(&parsed, &project, &loaded.folder),
            price: price(&project, &loaded.folder),
            crier_yaml,
            ..Known::new(text, version, Parsed::Campaign(Box::new(parsed)), project, whole)
        }
    }

    /// A crier.yaml.
    pub fn project(text: &str, version: i32, loaded: LoadedProject) -> Known {
        let text = read(text);
        let parsed = Parsed::Project(Box::new(dsl::parse_project(&text)));
        let project = load::known_project(&loaded);
        Known {
            name: load::folder_name(&loaded.folder),
            ..Known::new(text, version, parsed, project, Whole::Project(loaded))
        }
    }

    /// A file that is not on the disk: there is nothing around it.
    pub fn alone(text: &str, version: i32, kind: FileKind) -> Known {
        let whole = Whole::Alone {
            text: text.to_owned(),
            kind,
        };
        let text = read(text);
        let (parsed, project) = match kind {
            FileKind::Campaign => (
                Parsed::Campaign(Box::new(dsl::parse_campaign(&text))),
                Project::without_file("project"),
            ),
            FileKind::Project => {
                let file = dsl::parse_project(&text);
                let project = dsl::outline_project(&file, "project");
                (Parsed::Project(Box::new(file)), project)
            }
        };
        Known::new(text, version, parsed, Arc::new(project), whole)
    }

    fn new(text: String, version: i32, parsed: Parsed, project: Arc<Project>, whole: Whole) -> Known {
        Known {
            lines: Lines::new(&text),
            text,
            version,
            name: "untitled".to_owned(),
            whole,
            parsed,
            project,
            crier_yaml: None,
            headers: BTreeMap::new(),
            price: None,
            memo: Memo::default(),
        }
    }

    /// What its crier.yaml is, where it has one.
    pub fn crier_yaml(&self) -> Option<&CrierYaml> {
        self.crier_yaml.as_ref()
    }

    /// Asks about the file.
    pub fn ask<T>(&self, ask: impl FnOnce(&Document<'_>) -> T) -> T {
        let around = Around {
            project: &self.project,
            crier_yaml: self
                .crier_yaml
                .as_ref()
                .map(|yaml| (yaml.text.as_str(), &yaml.file)),
            headers: &self.headers,
            price: self.price.as_ref(),
        };
        let file = match &self.parsed {
            Parsed::Campaign(file) => File::Campaign(file),
            Parsed::Project(file) => File::Project(file),
        };
        ask(&Document {
            text: &self.text,
            file,
            around: &around,
            memo: &self.memo,
        })
    }

    /// The byte of a place.
    pub fn byte(&self, place: Place) -> usize {
        self.lines.byte(&self.text, place)
    }

    /// A file of its project, as it was saved last. Errors: it cannot be read.
    pub fn apart(&self, file: &str) -> Result<Apart, String> {
        let unreadable = || format!("\"{file}\" cannot be read, so that nothing can be changed there");
        let Whole::Campaign { project, .. } = &self.whole else {
            return Err(unreadable());
        };
        let path: PathBuf = super::absolute(&project.folder.join(file));
        let bytes = load::bytes_in(&path, project).map_err(|_| unreadable())?;
        let uri = Url::from_file_path(&path).map_err(|()| unreadable())?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
        Ok(Apart {
            uri: uri.into(),
            path,
            text,
        })
    }
}

/// A text that cannot be read is none.
fn read(text: &str) -> String {
    dsl::decode_text(text.as_bytes()).unwrap_or_default()
}

/// What a part costs in the project's region.
fn price(project: &Project, folder: &Path) -> Option<Price> {
    let region = project.region?;
    let prices = Prices::read(folder, project.prices.as_ref()?).ok()?;
    let (amount, currency) = prices.price(region)?;
    Some(Price {
        country: region.to_string(),
        amount,
        currency: currency.to_string(),
    })
}
