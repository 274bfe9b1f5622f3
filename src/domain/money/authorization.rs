//! The right to hold credits.

use crate::domain::credits::Credits;
use crate::domain::ids::{GuildId, RenderId};
use crate::domain::stage::Stage;

/// The right to hold the price of one render. Only the rules of this module's parent can grant one:
/// [`draft::admit`](crate::domain::draft::admission::admit) for a new draft, [`approval::decide`](crate::domain::approval::decide) for a
/// quorum and [`approval::again`](crate::domain::approval::again) for a failed render. A hold that was not allowed does not compile:
///
/// ```compile_fail
/// use greenlight::domain::{credits::Credits, ids::{GuildId, RenderId}, stage::Stage, authorization::Authorization};
/// let forged = Authorization::new(GuildId::new(1), RenderId::new(1), Stage::Final, Credits::ZERO);
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a warrant that is not held pays for nothing"]
pub struct Authorization {
    guild: GuildId,
    render: RenderId,
    stage: Stage,
    price: Credits,
}

impl Authorization {
    pub(in crate::domain) const fn new(
        guild: GuildId,
        render: RenderId,
        stage: Stage,
        price: Credits,
    ) -> Self {
        Self {
            guild,
            render,
            stage,
            price,
        }
    }

    /// Whose pool pays.
    #[must_use]
    pub const fn guild(&self) -> GuildId {
        self.guild
    }

    /// The render that is paid for.
    #[must_use]
    pub const fn render(&self) -> RenderId {
        self.render
    }

    /// The stage of that render.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// What it costs.
    #[must_use]
    pub const fn price(&self) -> Credits {
        self.price
    }
}
