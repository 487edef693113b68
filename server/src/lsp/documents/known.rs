//! What answers are given from: a file as it was read, with what is around it. Nothing is checked here.

use std::collections::BTreeMap;
use std::ops::Range as Bytes;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dsl::editor::position::{Lines, Place};
use dsl::editor::{Around, Document, File, FileKind, Memo, Price, Unpriced};
use dsl::project::Project;
use dsl::{CampaignFile, Header, ProjectFile};
use engine::audience::Prices;
use engine::load::{self, LoadedProject};
use url::Url;

use super::check::Whole;
use super::stories::Of;

/// What is known of a file.
pub(in super::super) struct Known {
    /// As it was read; empty where it cannot be.
    pub text: String,
    pub lines: Lines,
    /// Of stories the campaign that they stand behind.
    behind: Option<Behind>,
    pub version: i32,
    /// Of a campaign its file name without its endings, of a crier.yaml its folder's.
    pub name: String,
    /// As it is to be checked.
    pub whole: Whole,
    parsed: Parsed,
    project: Arc<Project>,
    crier_yaml: Option<CrierYaml>,
    headers: BTreeMap<String, Header>,
    price: Result<Price, Unpriced>,
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

/// Stories as they would stand at the end of their campaign: that is what is asked about.
struct Behind {
    whole: String,
    /// Where they begin in it.
    begins: usize,
    /// The key that names their file, which is left out of it, in bytes of the campaign.
    key: Bytes<usize>,
    campaign: Elsewhere,
}

/// A file that others name.
struct Elsewhere {
    uri: String,
    text: String,
    lines: Lines,
}

/// A place in a file.
pub(in super::super) struct Located<'a> {
    /// None: the file that was asked about.
    pub uri: Option<&'a str>,
    pub text: &'a str,
    pub lines: &'a Lines,
    pub span: Bytes<usize>,
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
            memo: memo(&loaded.folder),
            crier_yaml,
            ..Known::new(text, version, Parsed::Campaign(Box::new(parsed)), project, whole)
        }
    }

    /// Stories in a file of their own.
    pub fn stories(text: &str, version: i32, of: Of) -> Known {
        let text = read(text);
        let (whole, begins) = dsl::apart::behind(&of.text, &of.key, &text);
        let campaign = Elsewhere {
            uri: of.uri,
            lines: Lines::new(&of.text),
            text: of.text,
        };
        let of_campaign = Known::campaign(&of.path, &whole, version, (of.project, of.crier_yaml));
        Known {
            lines: Lines::new(&text),
            behind: Some(Behind {
                // Empty where both together are too long.
                begins: begins.min(of_campaign.text.len()),
                whole: of_campaign.text,
                key: of.key,
                campaign,
            }),
            text,
            ..of_campaign
        }
    }

    /// A crier.yaml.
    pub fn project(text: &str, version: i32, loaded: LoadedProject) -> Known {
        let text = read(text);
        let parsed = Parsed::Project(Box::new(dsl::parse_project(&text)));
        let project = load::known_project(&loaded);
        Known {
            name: load::folder_name(&loaded.folder),
            price: price(&project, &loaded.folder),
            memo: memo(&loaded.folder),
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
            behind: None,
            version,
            name: "untitled".to_owned(),
            whole,
            parsed,
            project,
            crier_yaml: None,
            headers: BTreeMap::new(),
            price: Err(Unpriced::NoPrices),
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
            price: &self.price,
        };
        let file = match &self.parsed {
            Parsed::Campaign(file) => File::Campaign(file),
            Parsed::Project(file) => File::Project(file),
        };
        ask(&Document {
            text: self.behind.as_ref().map_or(&self.text, |behind| &behind.whole),
            file,
            around: &around,
            memo: &self.memo,
            begins: self.begins(),
        })
    }

    /// The byte of a place, as it is asked about.
    pub fn byte(&self, place: Place) -> usize {
        self.begins() + self.lines.byte(&self.text, place)
    }

    /// Whether it is a file of stories.
    pub fn is_stories(&self) -> bool {
        self.behind.is_some()
    }

    fn begins(&self) -> usize {
        self.behind.as_ref().map_or(0, |behind| behind.begins)
    }

    /// Where the bytes stand that an answer is about.
    pub fn locate(&self, span: &Bytes<usize>) -> Located<'_> {
        let own = |span| Located {
            uri: None,
            text: &self.text,
            lines: &self.lines,
            span,
        };
        let Some(behind) = &self.behind else {
            return own(span.clone());
        };
        if span.start >= behind.begins {
            return own(span.start - behind.begins..span.end - behind.begins);
        }
        let (campaign, key) = (&behind.campaign, &behind.key);
        let cut = if span.start < key.start { 0 } else { key.len() };
        Located {
            uri: Some(&campaign.uri),
            text: &campaign.text,
            lines: &campaign.lines,
            span: span.start + cut..span.end + cut,
        }
    }

    /// The URI of a file of its project; none where there is no such file.
    pub fn beside(&self, file: &str) -> Option<String> {
        let (Whole::Campaign { project, .. } | Whole::Project(project)) = &self.whole else {
            return None;
        };
        let path: PathBuf = super::absolute(&project.folder.join(file));
        let uri = path.is_file().then(|| Url::from_file_path(&path).ok())??;
        Some(uri.into())
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

/// With the files of a project, which are looked for when they are to be offered.
fn memo(folder: &Path) -> Memo {
    let folder = folder.to_owned();
    Memo::with_lists(move || load::files_of_people(&folder))
}

/// A text that cannot be read is none.
fn read(text: &str) -> String {
    dsl::decode_text(text.as_bytes()).unwrap_or_default()
}

/// What a part costs in the project's region. Errors: why nobody can say.
fn price(project: &Project, folder: &Path) -> Result<Price, Unpriced> {
    let path = project.prices.as_ref().ok_or(Unpriced::NoPrices)?;
    let region = project.region.ok_or(Unpriced::NoRegion)?;
    let country = region.to_string();
    let prices = Prices::read(folder, path);
    let prices = prices.map_err(|_| Unpriced::Unreadable { path: path.clone() })?;
    match prices.price(region) {
        Some((amount, currency)) => Ok(Price {
            country,
            amount,
            currency: currency.to_string(),
        }),
        None => Err(Unpriced::NotListed {
            path: path.clone(),
            country,
        }),
    }
}
