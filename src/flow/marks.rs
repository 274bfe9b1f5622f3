//! Says what the files of images tell of themselves.

use crate::domain::approval::vote::Image;
use crate::domain::draft::entity::Draft;
use crate::domain::guild::settings::GuildRules;
use crate::domain::image::mark::{Mark, Source, Trace};
use crate::domain::image::render::Render;
use crate::flow::services::Services;

/// Returns what a picture of an image tells. It tells the prompt where the guild wishes, and never that of
/// a draft that was forgotten.
pub(in crate::flow) fn of_image(
    services: &Services,
    rules: &GuildRules,
    draft: &Draft,
    image: &Render,
) -> Mark {
    let prompt = (rules.file_prompts && !draft.forgotten).then(|| draft.prompt.as_str().to_owned());
    Mark {
        source: Source::of_picture(is_trained(services, image)),
        draft: Some(draft.id),
        image: Some(Trace {
            number: image.number,
            stage: image.stage,
            render: image.id,
        }),
        prompt,
    }
}

/// Returns what a sheet of images tells: their draft, if they are of one.
pub(in crate::flow) fn of_sheet<'a>(
    services: &Services,
    images: impl IntoIterator<Item = &'a Image>,
) -> Mark {
    let (mut trained, mut drafts) = (false, Vec::new());
    for image in images {
        trained |= is_trained(services, image);
        drafts.push(image.draft);
    }
    drafts.dedup();
    Mark {
        draft: drafts.first().copied().filter(|_| drafts.len() == 1),
        ..Mark::composite(trained)
    }
}

fn is_trained(services: &Services, image: &Render) -> bool {
    services.engines.is_trained(&services.rules.asked(image).engine)
}
