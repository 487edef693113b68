//! Within one piece of work, such as the checks of a file, a text that is compiled again is not parsed again.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{Template, TemplateError};

type Compiled = HashMap<String, Result<Template, TemplateError>>;

thread_local! {
    /// What was compiled so far; none outside of such work.
    static COMPILED: RefCell<Option<Compiled>> = const { RefCell::new(None) };
}

/// Does a piece of work on this thread. Work within such work shares what was compiled.
pub(crate) fn compiling_once<T>(work: impl FnOnce() -> T) -> T {
    let is_outermost = COMPILED.with_borrow_mut(|compiled| match compiled {
        Some(_) => false,
        None => {
            *compiled = Some(HashMap::new());
            true
        }
    });
    let _forgets = Forgets(is_outermost);
    work()
}

/// Ends the work, however it ends.
struct Forgets(bool);

impl Drop for Forgets {
    fn drop(&mut self) {
        if self.0 {
            COMPILED.set(None);
        }
    }
}

/// A text as it was compiled before, else as it is compiled now.
pub(super) fn compiled(
    source: &str,
    compile: impl FnOnce() -> Result<Template, TemplateError>,
) -> Result<Template, TemplateError> {
    let known = COMPILED.with_borrow(|compiled| compiled.as_ref()?.get(source).cloned());
    if let Some(known) = known {
        return known;
    }
    let new = compile();
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(compiled) = compiled {
            compiled.insert(source.to_owned(), new.clone());
        }
    });
    new
}
