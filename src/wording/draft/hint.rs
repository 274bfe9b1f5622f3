//! One hint about a prompt, for a member's first draft.

use crate::domain::engine::hint::Hint;

/// Adds lines to a private answer: what a vague prompt leaves to chance, and that long text is hard to
/// letter. Adds nothing if there is nothing to say.
#[must_use]
pub fn hint(hint: &Hint<'_>) -> String {
    let vague = (!hint.asks.is_empty()).then(|| {
        format!(
            "\n-# 💡 A short prompt leaves much to chance. You can also say {}. *New prompt* under a picture \
             draws with other words.",
            hint.asks.join("; ")
        )
    });
    let lettered = hint.lettered.then_some(
        "\n-# 💡 Long text often comes out misspelt in a picture. Keep what stands in quotes short.",
    );
    vague.unwrap_or_default() + lettered.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_names_what_is_missing() {
        let told = |asks, lettered| hint(&Hint { asks, lettered });
        insta::assert_snapshot!(told(vec!["a medium (photo)", "the light"], true), @r"

        -# 💡 A short prompt leaves much to chance. You can also say a medium (photo); the light. *New prompt* under a picture draws with other words.
        -# 💡 Long text often comes out misspelt in a picture. Keep what stands in quotes short.
        ");
        assert_eq!(told(vec![], false), "");
    }
}
