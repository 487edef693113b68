//! What rules and answers match with.

/// Words and a pattern.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    words: Vec<Vec<String>>,
}

impl Matcher {
    /// Of a rule.
    pub fn new(words: &[&str], pattern: Option<&str>) -> Result<Matcher, String> {
        let _ = pattern;
        Ok(Matcher {
            words: words.iter().map(|word| super::tokens(word)).collect(),
        })
    }

    /// Whether a reply has one of the words or matches.
    pub fn takes(&self, text: &str) -> bool {
        let tokens = super::tokens(text);
        self.words
            .iter()
            .any(|word| tokens.windows(word.len().max(1)).any(|window| window == word))
    }
}
